import { EXECUTION_CATEGORIES, LOG_EVENT_TYPES, LOG_LEVELS, type LogFilter, PlayheadError } from "@playhead/core";
import * as z from "zod";
import { json, moment, repeated, timestamp } from "./schemas.ts";

const word = z.string().min(1).max(500).optional();

/** A level, in any case, as loggers of all sorts write it. */
export const level = z
  .preprocess((value) => {
    const name = typeof value === "string" ? value.toLowerCase() : value;
    return name === "warn" ? "warning" : name;
  }, z.enum(LOG_LEVELS))
  .meta({ description: "This level and what is worse" });

/** What entries can be filtered by, as parameters of a query. */
export const logFilterQuery = {
  from: moment.optional(),
  to: moment.optional().meta({ description: "Exclusive" }),
  level: level.optional(),
  event_type: repeated(z.enum(LOG_EVENT_TYPES)),
  job_id: word,
  task_id: word,
  session_id: word,
  trace_id: word,
  function: word.meta({ description: "The name of a function" }),
  category: z.enum(EXECUTION_CATEGORIES).optional(),
  logger: word,
  user_id: word,
  stage: word,
  q: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .meta({ description: 'Words that all stand in the entry; "a phrase", begin*' }),
  field: repeated(z.string().max(1_000)).meta({ description: "NAME=VALUE of a field of metadata" }),
  duration_over: z.coerce.number().min(0).optional().meta({ description: "Milliseconds; only calls that took longer" }),
};

type FilterQuery = z.output<z.ZodObject<typeof logFilterQuery>>;

/** @throws PlayheadError `validation_error` for a field that is no pair */
export function logFilterOf(tenantId: string, query: Partial<FilterQuery>): LogFilter {
  const { from, to, level: least, event_type, function: functionName, q, field, duration_over } = query;
  const { job_id, task_id, session_id, trace_id, category, logger, user_id, stage } = query;
  return {
    tenant_id: tenantId,
    ...((from !== undefined || to !== undefined) && {
      range: { fromMs: from ?? 0, toMs: to ?? Number.MAX_SAFE_INTEGER },
    }),
    ...(least !== undefined && { levels: LOG_LEVELS.slice(LOG_LEVELS.indexOf(least)) }),
    ...(event_type !== undefined && { event_types: event_type }),
    ...(job_id !== undefined && { job_id }),
    ...(task_id !== undefined && { task_id }),
    ...(session_id !== undefined && { session_id }),
    ...(trace_id !== undefined && { trace_id }),
    ...(functionName !== undefined && { function_name: functionName }),
    ...(category !== undefined && { category }),
    ...(logger !== undefined && { logger }),
    ...(user_id !== undefined && { user_id }),
    ...(stage !== undefined && { stage }),
    ...(q !== undefined && { text: q }),
    ...(field !== undefined && { fields: Object.fromEntries(field.map(pairOf)) }),
    ...(duration_over !== undefined && { duration_over }),
  };
}

function pairOf(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new PlayheadError("validation_error", `expected field to be NAME=VALUE, got "${text}"`);
}

export const logEntry = z
  .object({
    entry_id: z.number().meta({ description: "0 of a call that still runs" }),
    timestamp,
    tenant_id: z.string(),
    session_id: z.string(),
    event_type: z.enum(LOG_EVENT_TYPES),
    level: z.enum(LOG_LEVELS),
    logger: z.string(),
    function_name: z.string().nullable(),
    category: z.enum(EXECUTION_CATEGORIES).nullable(),
    message: z.string(),
    duration: z.number().nullable().meta({ description: "Milliseconds" }),
    parameters: json.nullable(),
    result_summary: z.string().nullable(),
    error_details: json.nullable(),
    memory_usage: z.number().nullable().meta({ description: "Peak, in bytes" }),
    metadata: json,
    job_id: z.string().nullable(),
    task_id: z.string().nullable(),
    trace_id: z.string().nullable(),
    span_id: z.string().nullable(),
    parent_span_id: z.string().nullable(),
    stage: z.string().nullable(),
    user_id: z.string().nullable(),
  })
  .meta({ id: "LogEntry" });

/** Entries as they are answered. */
export type LogEntryAnswer = z.output<typeof logEntry>;
