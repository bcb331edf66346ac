import { faultsError } from "../faults.ts";
import type { Table } from "./make-rows.ts";

const HINT = 'expected a list like [{"title": "One"}, {"title": "Two"}], or one such object on each line';

/**
 * Reads rows from JSON: a list of flat objects, an object with `rows`, or an object on each line.
 *
 * @throws PlayheadError `rows_invalid`
 */
export function parseJsonRows(text: string): Table {
  const objects = readWhole(text) ?? readLines(text);
  const faults: string[] = [];
  const columns = new Set<string>();
  for (const [i, object] of objects.entries()) {
    if (typeof object !== "object" || object === null || Array.isArray(object)) {
      faults.push(`rows[${i}]: expected an object, got ${kindOf(object)}`);
      continue;
    }
    for (const [name, value] of Object.entries(object)) {
      columns.add(name);
      if (typeof value === "object" && value !== null)
        faults.push(`rows[${i}].${name}: expected text, a number or true or false, got ${kindOf(value)}`);
    }
  }
  if (faults.length > 0) throw faultsError("rows_invalid", faults, HINT);
  const names = [...columns];
  return {
    columns: names,
    rows: objects.map((object, i) => {
      const values = new Map(Object.entries(object as object));
      return { place: `rows[${i}]`, values: names.map((name) => textOf(values.get(name))) };
    }),
  };
}

/** @returns null when it is not one piece of JSON, but may be lines of it */
function readWhole(text: string): readonly unknown[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    if (/^\s*\{/.test(text)) return null;
    throw faultsError("rows_invalid", ["the file is not JSON"], HINT, cause);
  }
  if (Array.isArray(value)) return value;
  if (typeof value === "object" && value !== null && "rows" in value && Array.isArray(value.rows)) return value.rows;
  return [value];
}

function readLines(text: string): readonly unknown[] {
  return text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    try {
      return [JSON.parse(line) as unknown];
    } catch (cause) {
      throw faultsError("rows_invalid", [`line ${i + 1} is not JSON`], HINT, cause);
    }
  });
}

const textOf = (value: unknown) => (value === undefined || value === null ? "" : String(value));
const kindOf = (value: unknown) => (value === null ? "null" : Array.isArray(value) ? "a list" : typeof value);
