import path from "node:path";
import { createEmergencyLog, type EmergencyPlace } from "./emergency-log.ts";
import { LOG_FILE_NAMES, type LogFileName, type RotationSettings } from "./log-files-settings.ts";
import { createRotatingFile, type RotatingFile, removePutAside } from "./rotating-file.ts";
import { countLines, createWaitingLines, type WaitingLines } from "./waiting-lines.ts";

type Rotations = Readonly<Record<LogFileName, RotationSettings>>;

export interface LogFilesServiceOptions {
  readonly folder: string;
  readonly rotations: Rotations;
  /** For critical lines that their files refuse, in this order. */
  readonly emergencyPlaces: readonly EmergencyPlace[];
  /** Of each file: so much waits at most while it cannot be written. */
  readonly maxWaitingBytes: number;
  readonly retryMs: number;
}

/** What is older than `beforeMs` is to go; both in milliseconds since 1970. */
export interface LogFileAge {
  readonly beforeMs: number;
  readonly nowMs: number;
}

/** Lines of a group, each with its end. */
export interface LinesMessage {
  readonly lines: Readonly<Partial<Record<LogFileName, string>>>;
  /** Those of them that are critical. */
  readonly critical: string;
}

/** How one file does. */
export interface LogFileStats {
  /** Since the start. */
  readonly lines: number;
  readonly waitingBytes: number;
  /** Lines that found no room to wait. */
  readonly dropped: number;
  readonly rotations: number;
  /** Why it cannot be written at the moment, or not be put aside; null when all is well. */
  readonly error: string | null;
}

/** Something to say in the server's own log. */
export interface LogFilesNews {
  readonly level: "info" | "warning" | "error";
  readonly message: string;
  readonly fields: Readonly<Record<string, string | number>>;
}

/** What the thread of the log files can be asked. Nothing of it throws. */
export interface LogFilesService {
  /** Writes the lines, or lets them wait. @returns what is to be said */
  append(message: LinesMessage): readonly LogFilesNews[];
  configure(rotations: Rotations): void;
  stats(): Readonly<Record<LogFileName, LogFileStats>>;
  /**
   * Lets go of what is from before a moment: files that were put aside and last written before it go, and a file that
   * still grows is put aside when it spans so much time that as many as are kept make up all of it.
   * @returns how many files went
   */
  letGo(limits: LogFileAge): number;
  /** Writes what waits a last time; what is refused again is let go. @returns what is to be said */
  finish(): readonly LogFilesNews[];
  close(): void;
}

interface OneFile {
  readonly path: string;
  readonly file: RotatingFile;
  readonly waiting: WaitingLines;
  lines: number;
  refusal: string | null;
}

/** Opens the files, and sets in order what an earlier process left. */
export function openLogFilesService(options: LogFilesServiceOptions): LogFilesService {
  const { folder, emergencyPlaces, maxWaitingBytes, retryMs } = options;
  let { rotations } = options;
  let news: LogFilesNews[] = [];
  let retry: NodeJS.Timeout | undefined;
  const emergency = createEmergencyLog(emergencyPlaces);
  const files = Object.fromEntries(LOG_FILE_NAMES.map((name) => [name, openOne(name)])) as Record<LogFileName, OneFile>;
  for (const each of Object.values(files)) noteRefusal(each, each.file.append(Buffer.alloc(0)).error);

  function openOne(name: LogFileName): OneFile {
    const file = path.join(folder, `${name}.log`);
    const onTorn = (bytes: number) =>
      say("warning", `cut off a line of ${file} that was never finished`, { file, bytes });
    return {
      path: file,
      file: createRotatingFile({ file, settings: rotations[name], onTorn }),
      waiting: createWaitingLines(maxWaitingBytes),
      lines: 0,
      refusal: null,
    };
  }

  function say(level: LogFilesNews["level"], message: string, fields: LogFilesNews["fields"]): void {
    news.push({ level, message, fields });
  }

  function takeNews(): readonly LogFilesNews[] {
    const taken = news;
    news = [];
    return taken;
  }

  /** Says once that a file refuses, and once that it takes again. */
  function noteRefusal(each: OneFile, error: unknown): void {
    const refusal = error === null ? null : reasonOf(error);
    if (refusal !== null && each.refusal === null) {
      say("error", `${each.path} cannot be written (${refusal}); its lines wait`, { file: each.path });
    }
    if (refusal === null && each.refusal !== null) {
      const { dropped } = each.waiting;
      say("info", `${each.path} can be written again`, { file: each.path, dropped_lines: dropped });
    }
    each.refusal = refusal;
  }

  /** @returns whether nothing waits any more */
  function flush(each: OneFile): boolean {
    for (let next = each.waiting.first(); next !== null; next = each.waiting.first()) {
      const { written, error } = each.file.append(next);
      each.lines += countLines(next.subarray(0, written));
      each.waiting.took(written);
      noteRefusal(each, error);
      if (error !== null) return false;
    }
    return true;
  }

  function flushAll(): boolean {
    let isDone = true;
    for (const each of Object.values(files)) isDone = flush(each) && isDone;
    clearTimeout(retry);
    retry = isDone ? undefined : setTimeout(flushAll, retryMs);
    return isDone;
  }

  return {
    append({ lines, critical }) {
      for (const name of LOG_FILE_NAMES) {
        const text = lines[name];
        if (text !== undefined) files[name].waiting.add(Buffer.from(text));
      }
      if (!flushAll() && critical !== "") emergency.append(Buffer.from(critical));
      return takeNews();
    },
    configure(next) {
      rotations = next;
      for (const name of LOG_FILE_NAMES) files[name].file.configure(next[name]);
    },
    stats() {
      const statsOf = ({ file, waiting, lines, refusal }: OneFile): LogFileStats => ({
        lines,
        waitingBytes: waiting.bytes,
        dropped: waiting.dropped,
        rotations: file.rotations(),
        error: refusal ?? (file.rotationError() === null ? null : reasonOf(file.rotationError())),
      });
      return Object.fromEntries(LOG_FILE_NAMES.map((name) => [name, statsOf(files[name])])) as Record<
        LogFileName,
        LogFileStats
      >;
    },
    letGo({ beforeMs, nowMs }) {
      let removed = 0;
      for (const name of LOG_FILE_NAMES) {
        const { keep } = rotations[name];
        const { path: of, file } = files[name];
        removed += removeQuietly(of, keep, beforeMs);
        file.putAsideOld(nowMs - (nowMs - beforeMs) / keep);
      }
      return removed;
    },
    finish() {
      flushAll();
      clearTimeout(retry);
      for (const each of Object.values(files)) {
        if (each.waiting.bytes === 0) continue;
        each.waiting.giveUp();
        say("error", `lines for ${each.path} were let go, since it could not be written to the end`, {
          file: each.path,
          dropped_lines: each.waiting.dropped,
        });
      }
      return takeNews();
    },
    close() {
      clearTimeout(retry);
      for (const { file } of Object.values(files)) file.close();
      emergency.close();
    },
  };
}

/** A folder that cannot be written keeps what it has. */
function removeQuietly(file: string, keep: number, beforeMs: number): number {
  try {
    return removePutAside(file, keep, beforeMs);
  } catch {
    return 0;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error ? String(error.code) : error.message;
}
