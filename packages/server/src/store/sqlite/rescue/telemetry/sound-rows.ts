import type { DatabaseSync } from "node:sqlite";
import { decodeSketch, EXECUTION_CATEGORIES, LOG_EVENT_TYPES, LOG_LEVELS } from "@playhead/core";
import { SPANS } from "../../../rollup-row.ts";

/** Some years before the last moment that a date can be. */
const MAX_MS = 8e15;

const isObject = (json: string) => `CASE WHEN json_valid(${json}) THEN json_type(${json}) = 'object' ELSE 0 END`;
const isPlace = (column: string, list: readonly unknown[]) => `${column} BETWEEN 0 AND ${list.length - 1}`;
const oneOf = (value: string, list: readonly string[]) => `${value} IN (${list.map((each) => `'${each}'`).join(", ")})`;
const isMoment = `ts_ms BETWEEN -${MAX_MS} AND ${MAX_MS}`;

/** Of an EntryRow, which calls under way are kept as: texts, and what may be null. */
const TEXTS = ["tenantId", "sessionId", "logger", "message"] as const;
const OTHERS = [
  "category",
  "functionName",
  "durationMs",
  "jobId",
  "taskId",
  "traceId",
  "spanId",
  "parentSpanId",
] as const;
const MORE_OTHERS = ["stage", "userId", "memoryBytes"] as const;
const typeOf = (key: string) => `json_type(row, '$.${key}')`;

/** Values of entries that can be let go without the entry, and when they are sound. */
export const ENTRY_VALUES: readonly { readonly column: string; readonly isSound: string; readonly instead: string }[] =
  [
    {
      column: "event_type",
      isSound: isPlace("event_type", LOG_EVENT_TYPES),
      instead: `${LOG_EVENT_TYPES.indexOf("log")}`,
    },
    { column: "level", isSound: isPlace("level", LOG_LEVELS), instead: `${LOG_LEVELS.indexOf("info")}` },
    {
      column: "category",
      isSound: `category IS NULL OR ${isPlace("category", EXECUTION_CATEGORIES)}`,
      instead: "NULL",
    },
    ...["parameters", "error_details", "metadata"].map((column) => ({
      column,
      isSound: `${column} IS NULL OR ${isObject(column)}`,
      instead: "NULL",
    })),
  ];

/** When a row says what one of its table can say: what its columns' types do not see to. */
export const SOUND_ROWS: Readonly<Record<string, string>> = {
  entries: `entry_id > 0 AND ${isMoment}`,
  running: `${isMoment} AND CASE WHEN json_valid(row) THEN
    row ->> 'tenantId' = tenant_id AND row ->> 'sessionId' = session_id AND row ->> 'tsMs' = ts_ms
    AND row ->> 'spanId' IS span_id AND row ->> 'eventType' = 'start' AND ${oneOf("row ->> 'level'", LOG_LEVELS)}
    AND (row ->> 'category' IS NULL OR ${oneOf("row ->> 'category'", EXECUTION_CATEGORIES)})
    AND ${TEXTS.map((key) => `${typeOf(key)} = 'text'`).join(" AND ")}
    AND ${[...OTHERS, ...MORE_OTHERS].map((key) => `${typeOf(key)} IS NOT NULL`).join(" AND ")}
    AND ${typeOf("body")} = 'object' ELSE 0 END`,
  samples: `${isMoment} AND ${isObject("sample")}`,
  series: isPlace("category", EXECUTION_CATEGORIES),
  rollups: `${isPlace("span", SPANS)} AND start_ms BETWEEN -${MAX_MS} AND ${MAX_MS}
    AND (span > 0 OR start_ms % 60000 = 0) AND count > 0 AND errors >= 0
    AND summarized BETWEEN 0 AND count AND is_sketch(sketch)
    AND series_id IN (SELECT series_id FROM series)`,
  sources: `n BETWEEN 0 AND ${Number.MAX_SAFE_INTEGER}`,
};

/** Gives a connection what {@link SOUND_ROWS} asks for. */
export function knowSketches(db: DatabaseSync): void {
  db.function("is_sketch", { deterministic: true }, (text) => {
    try {
      decodeSketch(String(text));
      return 1;
    } catch {
      return 0;
    }
  });
}
