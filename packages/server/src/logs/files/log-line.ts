import type { LogEntry, LogLevel } from "@playhead/core";

/** Who logs what does not say it of itself. */
export interface LineOrigin {
  readonly processId: number;
  readonly threadId: number;
}

/** Where an error arose, as V8 writes it: `at read (file:///app/probe.ts:12:7)`. */
const FIRST_FRAME = /^\s*at (?:.*\(|async )?(?:file:\/\/)?(.+?):(\d+):\d+\)?$/m;

/**
 * An entry as a line of a log file, with its end. `module` and `line` are known where the entry names them among its
 * metadata (as `process_id` and `thread_id`), or has an error with a stack.
 *
 * @param level stands in place of the entry's own
 */
export function lineOf(entry: LogEntry, origin: LineOrigin, level: LogLevel = entry.level): string {
  const { timestamp, logger, message, function_name, metadata, error_details, ...rest } = entry;
  const { module, line, process_id, thread_id, ...fields } = metadata;
  const place = error_details?.stack === undefined ? null : FIRST_FRAME.exec(error_details.stack);
  const extra: Record<string, unknown> = {};
  for (const [name, value] of Object.entries({ ...rest, error_details, metadata: fields })) {
    if (value !== null && name !== "level" && name !== "entry_id" && !isEmpty(value)) extra[name] = value;
  }
  return `${JSON.stringify({
    timestamp,
    level: level.toUpperCase(),
    logger,
    message,
    module: module ?? place?.[1] ?? null,
    function: function_name,
    line: line ?? (place === null ? null : Number(place[2])),
    process_id: process_id ?? origin.processId,
    thread_id: thread_id ?? origin.threadId,
    extra,
  })}\n`;
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
