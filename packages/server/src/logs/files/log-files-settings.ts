import type { ExecutionCategory, LogLevel } from "@playhead/core";

/** The files of SPEC §7, by their names without `.log`. */
export const LOG_FILE_NAMES = ["application", "media_processing", "errors", "performance"] as const;
/** One of {@link LOG_FILE_NAMES}. */
export type LogFileName = (typeof LOG_FILE_NAMES)[number];

/** How large a file grows, and what becomes of it then. */
export interface RotationSettings {
  /** It is put aside before it would be larger; a line that alone is larger has a file to itself. */
  readonly maxBytes: number;
  /** So many that were put aside are kept beside it, as `.1` (the newest), `.2` … At least 1. */
  readonly keep: number;
}

export interface LogFilesSettings {
  /** What is below it is in no file. */
  readonly level: LogLevel;
  readonly files: Readonly<Record<LogFileName, RotationSettings>>;
  /** A call of the category that took longer, in milliseconds, is a slow operation. */
  readonly slowMs: Readonly<Record<ExecutionCategory, number>>;
}

const MB = 1024 * 1024;

/** Sizes and numbers of SPEC §7; seed 004's five minutes for a stage. */
export const DEFAULT_LOG_FILES: LogFilesSettings = {
  level: "debug",
  files: {
    application: { maxBytes: 50 * MB, keep: 5 },
    media_processing: { maxBytes: 100 * MB, keep: 10 },
    errors: { maxBytes: 20 * MB, keep: 5 },
    performance: { maxBytes: 20 * MB, keep: 3 },
  },
  slowMs: { step: 300_000, function: 60_000, api: 10_000, db: 1_000 },
};
