import type { LogLine } from "@playhead/core";

/** The newest lines of a job's log, as far as they have been read: oldest first, each once. */
export interface LogTail {
  readonly lines: readonly LogLine[];
  /** Whether lines before the first one here may be there, and may be read: false from 20,000 lines on. */
  readonly hasOlder: boolean;
  /** Whether the first page has come. */
  readonly loaded: boolean;
}

/** A log of which nothing has been read. */
export const EMPTY_TAIL: LogTail = { lines: [], hasOlder: true, loaded: false };
