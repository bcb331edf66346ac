import type { JsonValue, LogEntry, LogFilter } from "@playhead/core";
import { hasTerm, parseText, wordsOf } from "./log-text.ts";

/** Filters that an attribute of the same name equals. */
export const EQUAL_FILTERS = [
  "tenant_id",
  "job_id",
  "task_id",
  "session_id",
  "trace_id",
  "function_name",
  "category",
  "logger",
  "user_id",
  "stage",
] as const satisfies readonly (keyof LogFilter & keyof LogEntry)[];

/** Whether an entry is one of those wanted. What it is asked for is only read where the filter needs it. */
export type LogMatcher = (entry: LogEntry) => boolean;

/** What a filter means, exactly: the one judge of the store's queries and of live tails. */
export function createLogMatcher(filter: LogFilter): LogMatcher {
  const equals = EQUAL_FILTERS.filter((key) => filter[key] !== undefined);
  const { range, levels, event_types: types, duration_over: over } = filter;
  const terms = filter.text === undefined ? [] : parseText(filter.text);
  const fields = Object.entries(filter.fields ?? {});

  return (entry) =>
    equals.every((key) => entry[key] === filter[key]) &&
    (levels === undefined || levels.includes(entry.level)) &&
    (types === undefined || types.includes(entry.event_type)) &&
    (over === undefined || (entry.duration !== null && entry.duration > over)) &&
    (range === undefined || isWithin(Date.parse(entry.timestamp), range)) &&
    (fields.length === 0 || fields.every(([key, value]) => fieldText(entry.metadata[key]) === value)) &&
    (terms.length === 0 || hasTerms(entry, terms));
}

/** What a field's value is compared as; null for one that is not compared: an array, an object, none. */
export function fieldText(value: JsonValue | undefined): string | null {
  return value === undefined || (typeof value === "object" && value !== null) ? null : String(value);
}

/** What of an entry is searched by words. */
export function searchedTexts(entry: Pick<LogEntry, "message" | "function_name" | "error_details">): readonly string[] {
  const { message, function_name: name, error_details: error } = entry;
  const texts = [message];
  if (name !== null && name !== message) texts.push(name);
  if (typeof error?.class === "string") texts.push(error.class);
  if (typeof error?.message === "string") texts.push(error.message);
  return texts;
}

function hasTerms(entry: LogEntry, terms: ReturnType<typeof parseText>): boolean {
  const words = searchedTexts(entry).map(wordsOf);
  return terms.every((term) => hasTerm(words, term));
}

function isWithin(tsMs: number, { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): boolean {
  return tsMs >= fromMs && tsMs < toMs;
}
