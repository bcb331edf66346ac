import {
  type EventRecord,
  isJsonObject,
  type ObservationRecord,
  PlayheadError,
  parseReported,
  type RefusedRecord,
  toErrorBody,
} from "@playhead/core";
import { SOURCE } from "./schemas.ts";

/** A line of a report, read. */
export interface EventLine {
  readonly source: string;
  readonly record: EventRecord | ObservationRecord;
}

/** What viewers may be sent in one piece. */
const MAX_LINE_LENGTH = 1_000_000;

/** Reads one line of NDJSON: the record, or why it is refused; null for an empty line. */
export function readEventLine(raw: string, line: number): EventLine | RefusedRecord | null {
  if (raw.trim() === "") return null;
  let value: unknown;
  try {
    if (raw.length > MAX_LINE_LENGTH) {
      throw new PlayheadError("payload_too_large", `expected a line of at most ${MAX_LINE_LENGTH} characters`);
    }
    value = parseJson(raw);
    const record = parseReported(value);
    return { source: readSource(value), record };
  } catch (error) {
    if (!(error instanceof PlayheadError)) throw error;
    const body = toErrorBody(error);
    return { n: readNumber(value), ...body, detail: { ...body.detail, line } };
  }
}

function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch (cause) {
    throw new PlayheadError("validation_error", "expected the line to be JSON", { cause });
  }
}

function readSource(value: unknown): string {
  const source = isJsonObject(value) ? value.source : undefined;
  if (typeof source === "string" && SOURCE.test(source)) return source;
  throw new PlayheadError(
    "validation_error",
    "expected source to be 1 to 200 printable characters that name the worker",
    {
      hint: "a name of the worker's own, anew for each start of it; not one that begins with local:",
    },
  );
}

/** The number by which the worker knows the line, where it can be read. */
function readNumber(value: unknown): number | null {
  const n = isJsonObject(value) ? value.n : undefined;
  return typeof n === "number" && Number.isSafeInteger(n) ? n : null;
}
