import { isJsonObject, type JsonObject, type JsonValue } from "@playhead/core";

/** Beyond these a copy says `…` instead: what users attach travels to every viewer. */
const MAX_DEPTH = 8;
const MAX_VALUES = 2_000;
const MAX_TEXT = 8_192;

interface Budget {
  values: number;
}

/**
 * A copy of what a user handed over, as JSON can carry it: bounded, and safe on cycles, getters that throw, class
 * instances, dates, big integers and binary data. Never throws; what has no form in JSON is left out.
 */
export function copyAsJson(value: unknown): JsonValue | undefined {
  try {
    return copy(value, MAX_DEPTH, { values: MAX_VALUES });
  } catch {
    return "[unreadable]";
  }
}

/** The copy of an object of the user's; null when it is none, or nothing is in it. */
export function copyAsJsonObject(value: unknown): JsonObject | null {
  if (typeof value !== "object" || value === null) return null;
  const copied = copyAsJson(value);
  return isJsonObject(copied) && Object.keys(copied).length > 0 ? copied : null;
}

/** A text of at most `limit` characters. */
export function shortText(value: unknown, limit: number = MAX_TEXT): string {
  let text: string;
  try {
    text = typeof value === "string" ? value : String(value);
  } catch {
    text = "[unreadable]";
  }
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}

function copy(value: unknown, depth: number, budget: Budget): JsonValue | undefined {
  budget.values -= 1;
  switch (typeof value) {
    case "string":
      return shortText(value);
    case "number":
      return Number.isFinite(value) ? value : null;
    case "boolean":
      return value;
    case "bigint":
      return value.toString();
    case "object":
      return value === null ? null : copyObject(value, depth, budget);
    default:
      return undefined;
  }
}

function copyObject(value: object, depth: number, budget: Budget): JsonValue | undefined {
  if (depth === 0 || budget.values <= 0) return "…";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof URL) return value.href;
  if (value instanceof Error) return { name: value.name, message: shortText(value.message) };
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return copyList(value, depth, budget);
  if (value instanceof Map) return copyEntries(value.entries(), depth, budget);
  if (value instanceof Set) return copyList([...value], depth, budget);
  return copyEntries(entriesOf(value), depth, budget);
}

function copyList(list: readonly unknown[], depth: number, budget: Budget): JsonValue {
  const copied: JsonValue[] = [];
  for (const item of list) {
    if (budget.values <= 0) {
      copied.push("…");
      break;
    }
    copied.push(copy(item, depth - 1, budget) ?? null);
  }
  return copied;
}

function copyEntries(entries: Iterable<readonly [unknown, unknown]>, depth: number, budget: Budget): JsonObject {
  const copied: Record<string, JsonValue> = {};
  for (const [key, item] of entries) {
    if (budget.values <= 0) {
      copied["…"] = "…";
      break;
    }
    const own = copy(item, depth - 1, budget);
    // Not an assignment: the key may be `__proto__`.
    if (own !== undefined)
      Object.defineProperty(copied, shortText(key, 200), {
        value: own,
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
  return copied;
}

/** The entries of an object, one by one, since each may have a getter that throws. */
function* entriesOf(value: object): Generator<readonly [string, unknown]> {
  for (const key of Object.keys(value)) {
    let item: unknown;
    try {
      item = (value as Record<string, unknown>)[key];
    } catch {
      item = "[unreadable]";
    }
    yield [key, item];
  }
}
