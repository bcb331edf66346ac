import { appendFileSync, existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Keeps what is too long for a line on stderr. */
export interface ErrorLog {
  /** From now on errors are kept in this data folder, once it is there. */
  keepIn(folder: string): void;
  /** Adds an error, with its stack and causes. @returns the file, or null where nothing can be written */
  keep(message: string, error: unknown): string | null;
}

/** Lines of JSON in `logs/errors.log` of the data folder (SPEC §7), or in the temp folder before there is one. */
export function createErrorLog(nowMs: () => number): ErrorLog {
  let dataFolder: string | null = null;

  return {
    keepIn(folder) {
      dataFolder = folder;
    },
    keep(message, error) {
      const hasData = dataFolder !== null && existsSync(dataFolder);
      const file = hasData ? join(dataFolder ?? "", "logs", "errors.log") : join(tmpdir(), "playhead-errors.log");
      const line = {
        timestamp: new Date(nowMs()).toISOString(),
        level: "ERROR",
        logger: "playhead.cli",
        message,
        process_id: process.pid,
        extra: { stack: stackOf(error) },
      };
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
        return file;
      } catch {
        // The disk may be what failed. The one line on stderr says what can be said.
        return null;
      }
    },
  };
}

/** The stack of an error, and those of its causes. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by: ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
