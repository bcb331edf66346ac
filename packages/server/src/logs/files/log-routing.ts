import { LOG_LEVELS, type LogEntry, type LogLevel } from "@playhead/core";
import type { LogFileName, LogFilesSettings } from "./log-files-settings.ts";

/** What each file begins with; {@link LogFilesSettings.level} may narrow all of them. */
const FILE_LEVELS = {
  application: "info",
  media_processing: "debug",
  errors: "error",
  performance: "warning",
} as const satisfies Record<LogFileName, LogLevel>;

const RANK = Object.fromEntries(LOG_LEVELS.map((level, rank) => [level, rank])) as Record<LogLevel, number>;

/** Where a line goes, and as what. */
export interface Destination {
  readonly file: LogFileName;
  readonly level: LogLevel;
}

/**
 * The files that an entry goes to: to `application` and `errors` by its level, to `media_processing` what is about media,
 * to `performance` what its logger or its duration makes a matter of speed.
 */
export function destinationsOf(entry: LogEntry, settings: LogFilesSettings): readonly Destination[] {
  const found: Destination[] = [];
  const add = (file: LogFileName, level: LogLevel) => {
    if (reaches(level, FILE_LEVELS[file]) && reaches(level, settings.level)) found.push({ file, level });
  };
  add("application", entry.level);
  add("errors", entry.level);
  if (isMedia(entry)) add("media_processing", entry.level);
  if (isSlow(entry, settings)) add("performance", reaches(entry.level, "warning") ? entry.level : "warning");
  else if (isOf(entry.logger, "performance")) add("performance", entry.level);
  return found;
}

/** A line of the logger `media` (or one below, such as `media.ffmpeg`), of a stage, or of a job's step. */
function isMedia({ logger, stage, category }: LogEntry): boolean {
  return isOf(logger, "media") || stage !== null || category === "step";
}

/** A call that has ended, and took longer than calls of its category should. */
function isSlow({ category, duration, event_type }: LogEntry, { slowMs }: LogFilesSettings): boolean {
  return category !== null && duration !== null && event_type !== "start" && duration > slowMs[category];
}

const isOf = (logger: string, root: string): boolean => logger === root || logger.startsWith(`${root}.`);
const reaches = (level: LogLevel, least: LogLevel): boolean => RANK[level] >= RANK[least];
