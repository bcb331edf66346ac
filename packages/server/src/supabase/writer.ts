import { PlayheadError } from "@playhead/core";
import type { Batch } from "./batch.ts";

/** Hands batches to a Supabase project. */
export interface Writer {
  /**
   * Writes a batch in one transaction; writing it twice is harmless.
   *
   * @throws PlayheadError `validation_error` where something in it is what the tables do not take; whatever else it throws,
   * the same batch may be taken later
   */
  append(batch: Batch): Promise<void>;
  /** Cuts off what is under way. */
  close(): Promise<void>;
}

/** Nobody waits for it, and after so long no answer is to come. */
export const ANSWER_MS = 10_000;

/** SQLSTATE classes of what is wrong with the data itself: values that a type does not take, broken constraints. */
const ABOUT_DATA = /^2[23]/;
/** Of what somebody has to set up: sign-in, a database, functions, rights. */
const ABOUT_SETUP = /^(28|3D|42|PG)/;

/** The error for what PostgreSQL, or the Data API in its name, refused. */
export function refusalOf(sqlState: unknown, said: string, cause?: unknown): PlayheadError {
  const state = typeof sqlState === "string" ? sqlState : "";
  const message = `Supabase refused to write: ${said}`;
  if (ABOUT_DATA.test(state)) return new PlayheadError("validation_error", message, { cause });
  const hint = "are the migrations of deploy/supabase loaded, and may this role call playhead_append?";
  return new PlayheadError("service_unavailable", message, { cause, ...(ABOUT_SETUP.test(state) && { hint }) });
}

/** Whether the data is what is wrong, so that sending it again makes nothing better. */
export function isRefusedData(error: unknown): boolean {
  return error instanceof PlayheadError && error.code === "validation_error";
}

/** Rows that are JSON each, as one JSON array. */
export function arrayOf(rows: readonly string[]): string {
  return `[${rows.join(",")}]`;
}
