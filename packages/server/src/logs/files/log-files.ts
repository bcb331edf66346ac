import { setImmediate as othersTurn } from "node:timers/promises";
import type { LogEntry, LogLevel } from "@playhead/core";
import type { LinesMessage, LogFileAge, LogFileStats, LogFilesNews, LogFilesService } from "./log-files-service.ts";
import type { LogFileName, LogFilesSettings } from "./log-files-settings.ts";
import { lineOf } from "./log-line.ts";
import { destinationsOf } from "./log-routing.ts";

/** The service, in a thread of its own. */
export type LogFilesThread = {
  readonly [Name in keyof LogFilesService]: (
    ...args: Parameters<LogFilesService[Name]>
  ) => Promise<ReturnType<LogFilesService[Name]>>;
};

/** What the log files have to say, for the server's own log. */
export type LogFilesListener = (
  level: "info" | "warning" | "error",
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

export interface LogFilesDeps {
  readonly thread: LogFilesThread;
  readonly settings: LogFilesSettings;
  readonly log: LogFilesListener;
}

export interface LogFilesStats {
  readonly files: Readonly<Record<LogFileName, LogFileStats>>;
  /** Entries that could not be made lines of, or that came after the files' thread was lost. */
  readonly lost: number;
}

/**
 * The log files of a data folder (docs/logs.md), written by a thread of their own. Nothing here ever throws or rejects
 * because of what it is given or what the disk does.
 */
export interface LogFiles {
  /**
   * Takes entries, in the order of the calls. Resolves when each of their lines is in its files, that is: with the
   * system, so that it outlives this process however it ends; or, where a file refuses, when its lines wait in memory
   * until it can be written again, or were let go and counted because too many waited.
   */
  append(entries: readonly LogEntry[]): Promise<void>;
  /** What comes from now on is written by these. */
  configure(settings: LogFilesSettings): void;
  /** What comes from now on and is below it is in no file. */
  setLevel(level: LogLevel): void;
  stats(): Promise<LogFilesStats>;
  /** Lets go of what is from before a moment, a file at a time. @returns how many files went */
  letGo(limits: LogFileAge): Promise<number>;
  /** Writes what waits a last time, and ends the thread. */
  close(): Promise<void>;
}

/** So many entries become lines before others get their turn: some milliseconds' work. */
const ENTRIES_AT_ONCE = 250;

/** Log files over a thread that has them open. */
export function createLogFiles({ thread, settings: firstSettings, log }: LogFilesDeps): LogFiles {
  let settings = firstSettings;
  const origin = { processId: process.pid, threadId: 0 };
  let lost = 0;
  let isThreadLost = false;
  let last: Promise<void> = Promise.resolve();
  let closing: Promise<void> | null = null;

  function messageOf(entries: readonly LogEntry[]): LinesMessage {
    const lines: Partial<Record<LogFileName, string>> = {};
    let critical = "";
    for (const entry of entries) {
      try {
        let [line, lineLevel] = ["", ""];
        for (const { file, level } of destinationsOf(entry, settings)) {
          if (level !== lineLevel) [line, lineLevel] = [lineOf(entry, origin, level), level];
          lines[file] = (lines[file] ?? "") + line;
        }
        if (entry.level === "critical") critical += line;
      } catch {
        lost += 1;
      }
    }
    return { lines, critical };
  }

  function tell(news: readonly LogFilesNews[]): void {
    for (const { level, message, fields } of news) log(level, message, fields);
  }

  /** Hands entries over, piece by piece. */
  async function hand(entries: readonly LogEntry[]): Promise<void> {
    for (let at = 0; at === 0 || at < entries.length; at += ENTRIES_AT_ONCE) {
      if (at > 0) await othersTurn();
      const piece = entries.slice(at, at + ENTRIES_AT_ONCE);
      const message = messageOf(piece);
      // Most groups have nothing for any file; an empty one is asked by who wants the news.
      if (piece.length > 0 && Object.keys(message.lines).length === 0) continue;
      await thread.append(message).then(tell, (error: unknown) => lose(piece.length, error));
    }
  }

  function lose(count: number, error: unknown): void {
    if (!isThreadLost) log("error", "the log files are no longer written", { error: String(error) });
    isThreadLost = true;
    lost += count;
  }

  async function end(): Promise<void> {
    await last;
    await thread.finish().then(tell, () => undefined);
    await thread.close().catch(() => undefined);
  }

  return {
    append(entries) {
      last = last.then(() => hand(entries));
      return last;
    },
    configure(next) {
      settings = next;
      thread.configure(next.files).catch(() => undefined);
    },
    setLevel(level) {
      settings = { ...settings, level };
    },
    async stats() {
      return { files: await thread.stats(), lost };
    },
    letGo: (limits) => thread.letGo(limits).catch(() => 0),
    close() {
      closing ??= end();
      return closing;
    },
  };
}
