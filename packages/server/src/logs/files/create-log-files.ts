import { tmpdir } from "node:os";
import path from "node:path";
import { setImmediate as othersTurn } from "node:timers/promises";
import type { LogEntry, LogLevel } from "@playhead/core";
import { callThread } from "../../store/sqlite/thread.ts";
import { type EmergencyPlace, emergencyPlaces } from "./emergency-log.ts";
import type {
  LinesMessage,
  LogFileStats,
  LogFilesNews,
  LogFilesService,
  LogFilesServiceOptions,
} from "./log-files-service.ts";
import type { LogFileName, LogFilesSettings } from "./log-files-settings.ts";
import { startLogFilesThread } from "./log-files-thread.ts";
import { lineOf } from "./log-line.ts";
import { destinationsOf } from "./log-routing.ts";

/** What the log files have to say, for the server's own log. */
export type LogFilesListener = (
  level: "info" | "warning" | "error",
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

export interface LogFilesOptions {
  /** The data folder; the files lie in its `logs/`, which is made where it is not there. */
  readonly dataFolder: string;
  readonly settings: LogFilesSettings;
  readonly log: LogFilesListener;
  /** @defaultValue `emergency.log` in the data folder, then one of the user's in the temp folder */
  readonly emergency?: readonly EmergencyPlace[];
  /** Of each file: so much waits at most while it cannot be written. @defaultValue 8 MB */
  readonly maxWaitingBytes?: number;
  /** What waits is tried again this often. @defaultValue 1,000 */
  readonly retryMs?: number;
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
  /** Removes files that were put aside and last written before a moment. @returns how many */
  removePutAside(beforeMs: number): Promise<number>;
  /** Writes what waits a last time, and ends the thread. */
  close(): Promise<void>;
}

const MAX_WAITING_BYTES = 8 * 1024 * 1024;
const RETRY_MS = 1_000;
/** So many entries become lines before others get their turn: some milliseconds' work. */
const ENTRIES_AT_ONCE = 250;

/** Starts the thread, and sets in order what an earlier process left. */
export async function createLogFiles(options: LogFilesOptions): Promise<LogFiles> {
  const { dataFolder, log, maxWaitingBytes = MAX_WAITING_BYTES, retryMs = RETRY_MS } = options;
  const { emergency = emergencyPlaces(dataFolder, tmpdir(), process.getuid?.() ?? 0) } = options;
  let { settings } = options;
  const origin = { processId: process.pid, threadId: 0 };
  const thread = callThread<LogFilesServiceOptions, LogFilesService>(startLogFilesThread(), "the log files' thread");
  let lost = 0;
  let isThreadLost = false;
  let last: Promise<void> = Promise.resolve();
  let closing: Promise<void> | null = null;

  function messageOf(entries: readonly LogEntry[]): LinesMessage {
    const lines: Partial<Record<LogFileName, string>> = {};
    let critical = "";
    for (const entry of entries) {
      try {
        let line = "";
        for (const { file, level } of destinationsOf(entry, settings)) {
          line = lineOf(entry, origin, level);
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
    for (let at = 0; at < entries.length; at += ENTRIES_AT_ONCE) {
      if (at > 0) await othersTurn();
      const piece = entries.slice(at, at + ENTRIES_AT_ONCE);
      const message = messageOf(piece);
      if (Object.keys(message.lines).length === 0) continue;
      await thread.call("append", message).then(tell, (error: unknown) => lose(piece.length, error));
    }
  }

  function lose(count: number, error: unknown): void {
    if (!isThreadLost) log("error", "the log files are no longer written", { error: String(error) });
    isThreadLost = true;
    lost += count;
  }

  async function end(): Promise<void> {
    await last;
    await thread.call("finish").then(tell, () => undefined);
    await thread.call("close").catch(() => undefined);
    await thread.ended;
  }

  await thread.open({
    folder: path.join(dataFolder, "logs"),
    rotations: settings.files,
    emergencyPlaces: emergency,
    maxWaitingBytes,
    retryMs,
  });
  tell(await thread.call("append", { lines: {}, critical: "" }));

  return {
    append(entries) {
      last = last.then(() => hand(entries));
      return last;
    },
    configure(next) {
      settings = next;
      thread.call("configure", next.files).catch(() => undefined);
    },
    setLevel(level) {
      settings = { ...settings, level };
    },
    async stats() {
      return { files: await thread.call("stats"), lost };
    },
    removePutAside: (beforeMs) => thread.call("removePutAside", beforeMs).catch(() => 0),
    close() {
      closing ??= end();
      return closing;
    },
  };
}
