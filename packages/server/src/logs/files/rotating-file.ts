import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { closeGaps, numbered, shiftUp } from "./file-chain.ts";
import type { RotationSettings } from "./log-files-settings.ts";
import { cutTornTail } from "./torn-tail.ts";

/** What became of text that was to be added. */
export interface Appended {
  /** So many bytes of it, all of them whole lines, are in the file. */
  readonly written: number;
  /** Why it was not all of it. */
  readonly error: unknown;
}

/**
 * A file of lines that is put aside when it is full. What `append` says is written is with the system: it outlives this
 * process however it ends. A file that someone took away is made anew.
 *
 * Not on pino: its synchronous destination loses nothing either, but does not tell what is written and what waits (which
 * is what we acknowledge by), leaves half a line in the file for as long as a disk is full, and has no rotation; what it
 * would do for us is the one call of `writeSync`.
 */
export interface RotatingFile {
  /** Adds whole lines, each with its end: each whole, or not at all. Never throws. */
  append(lines: Buffer): Appended;
  /** From now on. */
  configure(settings: RotationSettings): void;
  /**
   * Puts it aside when its first line is from before a moment, so that it ages like the others; not while that would push
   * out the oldest that was put aside. Never throws. @returns whether it did
   */
  putAsideOld(beforeMs: number): boolean;
  /** How often it was put aside. */
  rotations(): number;
  /** Why it could not be put aside the last time, so that it grows beyond its size; null when it could. */
  rotationError(): unknown;
  close(): void;
}

export interface RotatingFileOptions {
  readonly file: string;
  readonly settings: RotationSettings;
  /** It lies where others may write, too: no link is followed. @defaultValue false */
  readonly isAmongOthers?: boolean;
  /** A line that was never finished was cut off. */
  readonly onTorn: (bytes: number) => void;
}

const NEWLINE = 0x0a;
/** A line begins with its timestamp. */
const LINE_START_BYTES = 64;

/** Opens nothing yet: `append` does, also with no lines, and sets in order what an earlier process left. */
export function createRotatingFile(options: RotatingFileOptions): RotatingFile {
  const { file, isAmongOthers = false, onTorn } = options;
  let { settings } = options;
  let opened: { readonly fd: number; readonly ino: number; readonly dev: number } | null = null;
  let isChecked = false;
  let rotations = 0;
  let rotationError: unknown = null;

  function close(): void {
    const held = opened;
    opened = null;
    if (held !== null) closeSync(held.fd);
  }

  /** @returns the file that stands under the name now */
  function current(): number {
    const named = statSync(file, { throwIfNoEntry: false });
    if (opened !== null && (named?.ino !== opened.ino || named.dev !== opened.dev)) close();
    opened ??= open();
    return opened.fd;
  }

  function open() {
    if (!isChecked) {
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
      closeGaps(file, settings.keep);
      isChecked = true;
    }
    const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
    const fd = openSync(file, O_RDWR | O_APPEND | O_CREAT | (isAmongOthers ? O_NOFOLLOW : 0), 0o600);
    try {
      const { ino, dev, mode } = fstatSync(fd);
      if ((mode & 0o777) !== 0o600) fchmodSync(fd, 0o600);
      const torn = cutTornTail(fd);
      if (torn > 0) onTorn(torn);
      return { fd, ino, dev };
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** @returns whether the file is a new one now */
  function rotate(): boolean {
    try {
      close();
      shiftUp(file, settings.keep);
      renameSync(file, numbered(file, 1));
      rotations += 1;
      rotationError = null;
      return true;
    } catch (error) {
      // What is to be written matters more than how large the file becomes.
      rotationError = error;
      return false;
    }
  }

  /** Writes from one place up to another, or nothing of it. */
  function writeAll(fd: number, lines: Buffer, from: number, to: number): void {
    const { size } = fstatSync(fd);
    let at = from;
    try {
      while (at < to) at += writeSync(fd, lines, at, to - at);
    } catch (error) {
      // A disk that is full takes a part. Should it not be cut off here, it is where the file is opened next.
      if (at > from) ftruncateSync(fd, size);
      throw error;
    }
  }

  /** Where the lines end that there is room for. @returns `from` when there is room for none */
  function endOfFitting(lines: Buffer, from: number, room: number): number {
    if (lines.length - from <= room) return lines.length;
    return room <= 0 ? from : Math.max(from, lines.lastIndexOf(NEWLINE, from + room - 1) + 1);
  }

  return {
    append(lines) {
      let at = 0;
      let mayRotate = true;
      try {
        for (let fd = current(); at < lines.length; fd = current()) {
          const { size } = fstatSync(fd);
          let end = mayRotate ? endOfFitting(lines, at, settings.maxBytes - size) : lines.length;
          if (end === at && size > 0) {
            mayRotate = rotate();
            continue;
          }
          if (end === at) end = lines.indexOf(NEWLINE, at) + 1;
          writeAll(fd, lines, at, end);
          at = end;
        }
        return { written: at, error: null };
      } catch (error) {
        closeQuietly(close);
        // The folder may be gone, or be another one by then.
        isChecked = false;
        return { written: at, error };
      }
    },
    putAsideOld(beforeMs) {
      try {
        const startedMs = firstLineMs(current());
        const isOld = startedMs !== null && startedMs < beforeMs;
        return isOld && !existsSync(numbered(file, settings.keep)) && rotate();
      } catch {
        // What cannot be read or renamed stays, and is looked at again.
        return false;
      }
    },
    configure(next) {
      settings = next;
      // What is too many now goes with the next line.
      isChecked = false;
      closeQuietly(close);
    },
    rotations: () => rotations,
    rotationError: () => rotationError,
    close: () => closeQuietly(close),
  };
}

/** When the first line of a file was noted; null where it says nothing of the sort. */
function firstLineMs(fd: number): number | null {
  const start = Buffer.alloc(LINE_START_BYTES);
  const read = readSync(fd, start, 0, start.length, 0);
  const [, timestamp = ""] = /^\{"timestamp":"([^"]+)"/.exec(start.toString("latin1", 0, read)) ?? [];
  const ms = Date.parse(timestamp);
  return Number.isNaN(ms) ? null : ms;
}

/** Closing is the end of a file's use, and has nothing to tell that matters then. */
function closeQuietly(close: () => void): void {
  try {
    close();
  } catch {}
}

/** Removes what was put aside and was last written before a moment. @returns how many files went */
export function removePutAside(file: string, keep: number, beforeMs: number): number {
  let removed = 0;
  for (let number = keep; number >= 1; number--) {
    const each = numbered(file, number);
    const found = statSync(each, { throwIfNoEntry: false });
    if (found === undefined || found.mtimeMs >= beforeMs) continue;
    unlinkSync(each);
    removed += 1;
  }
  return removed;
}
