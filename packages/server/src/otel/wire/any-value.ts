import { isJsonObject, type JsonObject, type JsonValue } from "@playhead/core";

/** What is kept of values that others send: enough for what the conventions have, and for a stack. */
export interface ValueLimits {
  /** Attributes of one span, event or record. */
  readonly attributes: number;
  /** Characters of one text. */
  readonly text: number;
  /** Values of one list. */
  readonly values: number;
  /** Levels of values in values. */
  readonly depth: number;
}

export const VALUE_LIMITS: ValueLimits = { attributes: 128, text: 8_192, values: 128, depth: 6 };

const CUT = "…";

/** Attributes as a plain object; null where there are none that can be read. The first of a name counts. */
export function readAttributes(given: unknown, limits: ValueLimits = VALUE_LIMITS): JsonObject {
  const made: Record<string, JsonValue> = {};
  if (!Array.isArray(given)) return made;
  let count = 0;
  for (const each of given) {
    if (!isJsonObject(each) || typeof each.key !== "string" || each.key === "" || each.key.length > 200) continue;
    if (Object.hasOwn(made, each.key) || each.key === "__proto__") continue;
    if (count >= limits.attributes) break;
    count += 1;
    made[each.key] = readValue(each.value, limits);
  }
  return made;
}

/** An `AnyValue` of OTLP as JSON has it; null for none. */
export function readValue(value: unknown, limits: ValueLimits = VALUE_LIMITS): JsonValue {
  if (!isJsonObject(value)) return null;
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } = value;
  if (typeof stringValue === "string") return cut(stringValue, limits.text);
  if (typeof boolValue === "boolean") return boolValue;
  if (intValue !== undefined) return readInteger(intValue);
  if (doubleValue !== undefined) return readDouble(doubleValue);
  if (typeof bytesValue === "string") return cut(bytesValue, limits.text);
  if (limits.depth === 0) return arrayValue === undefined && kvlistValue === undefined ? null : CUT;
  const deeper = { ...limits, depth: limits.depth - 1 };
  if (isJsonObject(arrayValue)) {
    const values: readonly unknown[] = Array.isArray(arrayValue.values) ? arrayValue.values : [];
    return values.slice(0, limits.values).map((each) => readValue(each, deeper));
  }
  if (isJsonObject(kvlistValue)) return readAttributes(kvlistValue.values, deeper);
  return null;
}

/** 64 bits are text in JSON; what a number can hold becomes one. */
function readInteger(value: unknown): JsonValue {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  if (typeof value === "number") return Number.isFinite(value) ? String(BigInt(Math.trunc(value))) : null;
  return typeof value === "string" ? cut(value, 40) : null;
}

/** What is no number for JSON is written as OTLP/JSON writes it: `NaN`, `Infinity`, `-Infinity`. */
function readDouble(value: unknown): JsonValue {
  const number = Number(value);
  return Number.isFinite(number) ? number : String(number);
}

export function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}${CUT}` : text;
}

/** Of an object as much as fits into so many characters of JSON: what comes first stays. */
export function fitting(fields: JsonObject, mostCharacters: number): JsonObject {
  let room = mostCharacters;
  const kept = Object.entries(fields).filter(([name, value]) => {
    room -= name.length + (typeof value === "string" ? value.length : (JSON.stringify(value)?.length ?? 0)) + 6;
    return room >= 0;
  });
  return Object.fromEntries(kept);
}
