import { isJsonObject, type JsonObject, type JsonValue } from "@playhead/core";

/** How a property is asked for. */
export type FieldKind =
  | "text"
  | "number"
  | "boolean"
  /** One of several. */
  | "choice"
  /** Any of several. */
  | "choices"
  /** Any number of texts, one a line. */
  | "lines"
  | "upload"
  | "uploads"
  /** What no other field can hold. */
  | "json";

/** A field of the form, made of a property of a JSON Schema. */
export interface FormField {
  readonly name: string;
  readonly title: string;
  readonly note: string | undefined;
  readonly isRequired: boolean;
  readonly kind: FieldKind;
  /** What may be chosen, where something may. */
  readonly choices: readonly string[];
  readonly initial: FieldValue;
}

/** What a field holds: a text, whether it is ticked, or any number of texts. */
export type FieldValue = string | boolean | readonly string[];
export type FieldValues = Readonly<Record<string, FieldValue>>;

/** The fields of an input's schema, in its order; those of an upload are asked for first of all. */
export function fieldsOf(schema: JsonObject): readonly FormField[] {
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const properties = isJsonObject(schema.properties) ? Object.entries(schema.properties) : [];
  return properties.flatMap(([name, property]) =>
    isJsonObject(property) ? [fieldOf(name, property, required.has(name))] : [],
  );
}

function fieldOf(name: string, property: JsonObject, isRequired: boolean): FormField {
  const kind = kindOf(property);
  const items = isJsonObject(property.items) ? property.items : {};
  return {
    name,
    title: textOf(property.title) ?? titleOf(name),
    note: noteOf(property),
    isRequired,
    kind,
    choices: textsOf(kind === "choices" ? items.enum : property.enum),
    initial: initialOf(kind, property.default),
  };
}

function kindOf({ type, enum: choices, format, items }: JsonObject): FieldKind {
  if (Array.isArray(choices)) return "choice";
  if (type === "string") return format === "upload" ? "upload" : "text";
  if (type === "number" || type === "integer") return "number";
  if (type === "boolean") return "boolean";
  if (type !== "array" || !isJsonObject(items) || items.type !== "string") return "json";
  if (Array.isArray(items.enum)) return "choices";
  return items.format === "upload" ? "uploads" : "lines";
}

function initialOf(kind: FieldKind, value: JsonValue | undefined): FieldValue {
  if (kind === "boolean") return value === true;
  if (kind === "choices" || kind === "uploads") return textsOf(value);
  if (kind === "lines") return textsOf(value).join("\n");
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value, null, 2) : String(value);
}

function noteOf(property: JsonObject): string | undefined {
  const { minimum, maximum } = property;
  const range =
    typeof minimum === "number" && typeof maximum === "number" && maximum < 1e12 ? `${minimum} to ${maximum}` : null;
  const parts = [textOf(property.description), range].filter((part) => part !== null);
  return parts.length === 0 ? undefined : parts.join(", ");
}

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);
const textsOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** `max_parallel` as people write it. */
function titleOf(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What the fields come to: the input, or what is wrong by field. */
export type FormAnswer = { readonly input: JsonObject } | { readonly faults: Readonly<Record<string, string>> };

/** The input that the fields say. What was left as it came is left out: then the server's own default holds. */
export function inputOf(fields: readonly FormField[], values: FieldValues): FormAnswer {
  const input: Record<string, JsonValue> = {};
  const faults: Record<string, string> = {};
  for (const field of fields) {
    const value = values[field.name] ?? field.initial;
    const isEmpty = value === "" || (Array.isArray(value) && value.length === 0);
    if (isEmpty && field.isRequired) faults[field.name] = EMPTY[field.kind] ?? "This is needed.";
    if (isEmpty || (field.kind === "boolean" && value === field.initial)) continue;
    const read = typedValue(field, value);
    if ("fault" in read) faults[field.name] = read.fault;
    else input[field.name] = read.value;
  }
  return Object.keys(faults).length > 0 ? { faults } : { input };
}

const EMPTY: Partial<Readonly<Record<FieldKind, string>>> = {
  upload: "Choose a file first.",
  uploads: "Choose a file first.",
};

function typedValue(
  { kind }: FormField,
  value: FieldValue,
): { readonly value: JsonValue } | { readonly fault: string } {
  if (typeof value !== "string") return { value: typeof value === "boolean" ? value : [...value] };
  if (kind === "lines")
    return {
      value: value
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== ""),
    };
  if (kind === "number") {
    const number = Number(value.trim());
    return Number.isFinite(number) ? { value: number } : { fault: `Expected a number, got ${JSON.stringify(value)}.` };
  }
  if (kind !== "json") return { value };
  try {
    return { value: JSON.parse(value) as JsonValue };
  } catch (error) {
    return { fault: `Expected JSON: ${(error as Error).message}` };
  }
}

/** What the server found wrong, by field: faults have paths such as `input.styles.0`. */
export function faultsByField(detail: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const faults: Record<string, string> = {};
  for (const fault of Array.isArray(detail.faults) ? detail.faults : []) {
    if (!isJsonObject(fault) || typeof fault.path !== "string") continue;
    const [, name] = fault.path.split(".");
    if (name !== undefined) faults[name] ??= String(fault.message);
  }
  return faults;
}
