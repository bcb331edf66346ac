import type { Secrecy, SecrecyOf } from "./secret-names.ts";

/** A yes or a no, and nothing at all, tell no secret; of some names a number does not either. */
export function isSecretValue(value: unknown, secrecy: Secrecy): boolean {
  if (secrecy === "none" || value === null || typeof value === "boolean") return false;
  return secrecy === "strict" || typeof value !== "number";
}

/** `{ name: "password", value: … }`, as headers and environments are often written. */
export function namesSecret(fields: Readonly<Record<string, unknown>>, secrecyOf: SecrecyOf): boolean {
  const name = fields.name ?? fields.key ?? fields.header ?? fields.Name ?? fields.Key;
  return typeof name === "string" && name.length <= 100 && secrecyOf(name) !== "none";
}

/** A text that is nothing but a name: of a header, or of an option of a command. */
export function isArgumentName(text: unknown, secrecyOf: SecrecyOf): boolean {
  if (typeof text !== "string" || text.length > 40) return false;
  return /^-{0,2}[A-Za-z][\w.-]*:?$/.test(text) && secrecyOf(text) !== "none";
}

/** The name of a place in a list that was spread into an object. */
export function isPlace(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 48 && first <= 57;
}

/** Whether beside a field of this name may stand what it is the value of. */
export const isValueName = (name: string): boolean => /^value$/i.test(name);
