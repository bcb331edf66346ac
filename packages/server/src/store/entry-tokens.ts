/**
 * Every attribute that entries are asked for by is one more word of theirs: a token of a letter for the attribute and a
 * hash of tenant and value. So any conjunction of filters is an intersection of lists of ids in one index. The first
 * character is one that no text's word can have (see log-text.ts). Hashes have 64 bits, and whatever is shown is
 * compared with the filter once more.
 */
import type { JsonObject, LogFilter } from "@playhead/core";
import { EQUAL_FILTERS, fieldText } from "./log-filter.ts";
import { parseText, type TextTerm } from "./log-text.ts";
import type { EntryRow } from "./telemetry-store.ts";

const MARK = "\uE000";
/** So many of an entry's fields have tokens of their own; one token says that there are more, to be looked at. */
const MAX_FIELDS = 32;
const MORE_FIELDS = "…";

/** The letter of each attribute. Written into databases: never to be given another meaning. */
const LETTERS = {
  tenant_id: "a",
  job_id: "j",
  task_id: "k",
  session_id: "s",
  trace_id: "t",
  function_name: "f",
  category: "c",
  logger: "l",
  user_id: "u",
  stage: "g",
  level: "v",
  event_type: "e",
  level_of_type: "b",
  duration: "d",
  field: "m",
} as const;
type Attribute = keyof typeof LETTERS;

/** The tokens of an entry's attributes: what the index is given of it beside its words. */
export function attributeTokens(row: EntryRow): readonly string[] {
  const { tenantId: tenant, body } = row;
  const tokens: string[] = [];
  const add = (attribute: Attribute, value: string | null) => {
    if (value !== null) tokens.push(token(attribute, tenant, value));
  };
  add("tenant_id", tenant);
  add("job_id", row.jobId);
  add("task_id", row.taskId);
  add("session_id", row.sessionId);
  add("trace_id", row.traceId);
  add("function_name", row.functionName);
  add("category", row.category);
  add("logger", row.logger);
  add("user_id", row.userId);
  add("stage", row.stage);
  add("level", row.level);
  add("event_type", row.eventType);
  add("level_of_type", `${row.level} ${row.eventType}`);
  if (row.durationMs !== null) add("duration", String(magnitudeOf(row.durationMs)));
  for (const field of indexedFields(body.metadata)) add("field", field);
  return tokens;
}

/** A word or a token that an entry must have. */
export interface IndexTerm {
  readonly word: string;
  /** Whether any word that begins so will do. */
  readonly isPrefix: boolean;
}

/** What finds entries in an index, whichever engine's it is. */
export interface IndexPlan {
  /** Of each of these, an entry has at least one. */
  readonly all: readonly (readonly IndexTerm[])[];
  /** Whether it finds nothing that the filter does not want, but for time and duration. */
  readonly isExact: boolean;
}

/** What a filter looks up; null of one that nothing can match. */
export function indexPlanOf(filter: LogFilter): IndexPlan | null {
  const { tenant_id: tenant, levels, event_types: types, duration_over: over } = filter;
  if (levels?.length === 0 || types?.length === 0) return null;
  const terms = parseText(filter.text ?? "");
  const fields = Object.entries(filter.fields ?? {});
  const any = (attribute: Attribute, values: readonly string[]): readonly IndexTerm[] =>
    values.map((value) => ({ word: token(attribute, tenant, value), isPrefix: false }));

  const words = terms.flatMap(wordTerms);
  const all = [...words];
  for (const attribute of EQUAL_FILTERS) {
    const value = filter[attribute];
    if (value !== undefined && attribute !== "tenant_id") all.push(any(attribute, [value]));
  }
  // Both have many entries, and may have none in common: that is to be seen at once.
  if (levels !== undefined && types !== undefined) {
    all.push(
      any(
        "level_of_type",
        levels.flatMap((level) => types.map((type) => `${level} ${type}`)),
      ),
    );
  } else {
    if (levels !== undefined) all.push(any("level", levels));
    if (types !== undefined) all.push(any("event_type", types));
  }
  if (over !== undefined) all.push(any("duration", magnitudesFrom(magnitudeOf(over)).map(String)));
  for (const [key, value] of fields) all.push(any("field", [`${key}=${value}`, MORE_FIELDS]));
  // All other tokens are the tenant's own.
  if (all.length === words.length) all.push(any("tenant_id", [tenant]));
  return { all, isExact: fields.length === 0 && terms.every(({ words }) => words.length === 1) };
}

function wordTerms({ words, isPrefix }: TextTerm): readonly (readonly IndexTerm[])[] {
  return words.map((word, at) => [{ word, isPrefix: isPrefix && at === words.length - 1 }]);
}

function indexedFields(metadata: JsonObject | undefined): readonly string[] {
  const fields: string[] = [];
  for (const key in metadata) {
    const value = fieldText(metadata[key]);
    if (value === null) continue;
    if (fields.length === MAX_FIELDS) return [...fields, MORE_FIELDS];
    fields.push(`${key}=${value}`);
  }
  return fields;
}

/** Durations by powers of four, from less than 1 ms to 4^13 ms, which is 18 hours, and more. */
const LARGEST_MAGNITUDE = 14;

/** Never smaller for a longer duration, to the last bit: so by multiplying, not by a logarithm. */
function magnitudeOf(durationMs: number): number {
  let magnitude = 0;
  for (let limitMs = 1; durationMs >= limitMs && magnitude < LARGEST_MAGNITUDE; limitMs *= 4) magnitude += 1;
  return magnitude;
}

function magnitudesFrom(first: number): readonly number[] {
  return Array.from({ length: LARGEST_MAGNITUDE - first + 1 }, (_, place) => first + place);
}

function token(attribute: Attribute, tenant: string, value: string): string {
  // What the database gives back of half a character is none any more.
  return MARK + LETTERS[attribute] + hashOf(tenant.toWellFormed(), value.toWellFormed());
}

/** 64 bits as two lanes of 32, each mixed with the other's half of the constants (cyrb53's, without cutting it to 53). */
function hashOf(tenant: string, value: string): string {
  let one = 0xdeadbeef;
  let two = 0x41c6ce57;
  const take = (code: number) => {
    one = Math.imul(one ^ code, 2654435761);
    two = Math.imul(two ^ code, 1597334677);
  };
  for (let at = 0; at < tenant.length; at++) take(tenant.charCodeAt(at));
  // No character: so that no tenant's end is another one's value.
  take(0x10000);
  for (let at = 0; at < value.length; at++) take(value.charCodeAt(at));
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
  two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  return (one >>> 0).toString(36) + (two >>> 0).toString(36).padStart(7, "0");
}
