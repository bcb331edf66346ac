import { LOG_LEVELS, type LogLevel } from "@playhead/core";

/** What is attached to a log line; copied as JSON, whatever it is. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes lines into the job's log, one function a level. Never throws. */
export type Logger = {
  readonly [Level in LogLevel]: (message: string, fields?: LogFields) => void;
};

/** A logger that hands its lines to `write`. */
export function createLogger(write: (level: LogLevel, message: string, fields: LogFields | undefined) => void): Logger {
  const logger: Partial<Record<LogLevel, Logger[LogLevel]>> = {};
  for (const level of LOG_LEVELS) logger[level] = (message, fields) => write(level, message, fields);
  return logger as Logger;
}
