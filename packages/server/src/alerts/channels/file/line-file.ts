import { constants } from "node:fs";
import { type FileHandle, open, rename } from "node:fs/promises";
import path from "node:path";

const NEWLINE = 0x0a;
const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW, O_RDONLY } = constants;

/**
 * A file of JSON lines, each with a `notification_id` that occurs once in it and in the one that was put aside before it:
 * a line that was written by a process that died before it could say so is not written again.
 */
export function createLineFile(file: string, maxBytes: number) {
  const aside = `${file}.1`;
  /** The ids of both files; null until they are read, and after a failure. */
  let ids: { current: Set<string>; aside: Set<string> } | null = null;
  let last: Promise<unknown> = Promise.resolve();

  async function write(id: string, line: string, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    ids ??= { aside: await idsOf(aside), current: await idsOf(file) };
    if (ids.current.has(id) || ids.aside.has(id)) return false;
    const bytes = Buffer.from(`${line}\n`);
    await append(bytes);
    ids.current.add(id);
    return true;
  }

  async function append(bytes: Buffer): Promise<void> {
    const opened = await openFor(bytes.length);
    const { size } = await opened.stat();
    try {
      await opened.appendFile(bytes);
      await opened.datasync();
    } catch (error) {
      // A full disk takes a part. What is known of the file is read anew, in case it cannot be cut off, either.
      ids = null;
      await opened.truncate(size).catch(() => undefined);
      throw error;
    } finally {
      await opened.close();
    }
  }

  /** The file with room for so many bytes. */
  async function openFor(bytes: number): Promise<FileHandle> {
    const opened = await openWhole();
    const { size } = await opened.stat();
    if (size === 0 || size + bytes <= maxBytes) return opened;
    await opened.close();
    await rename(file, aside);
    if (ids !== null) ids = { aside: ids.current, current: new Set() };
    return await openWhole();
  }

  /** Ends where its last whole line ends: what a killed process or a full disk left behind it is cut off. */
  async function openWhole(): Promise<FileHandle> {
    const opened = await open(file, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
    try {
      const { size } = await opened.stat();
      if (size === 0) await syncFolder();
      const end = await endOfLastLine(opened, size);
      if (end < size) await opened.truncate(end);
      return opened;
    } catch (error) {
      await opened.close();
      throw error;
    }
  }

  /** A new name is durable when its folder is. */
  async function syncFolder(): Promise<void> {
    const folder = await open(path.dirname(file), O_RDONLY);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  return {
    /** Adds a line, durably; one after the other. @returns whether it was not there yet */
    add(id: string, line: string, signal: AbortSignal): Promise<boolean> {
      const added = last.then(() => write(id, line, signal));
      last = added.catch(() => undefined);
      return added;
    },
  };
}

async function endOfLastLine(opened: FileHandle, size: number): Promise<number> {
  const piece = Buffer.alloc(Math.min(size, 65_536));
  for (let to = size; to > 0; ) {
    const from = Math.max(0, to - piece.length);
    const { bytesRead } = await opened.read(piece, 0, to - from, from);
    const at = piece.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (at >= 0) return from + at + 1;
    to = from;
  }
  return 0;
}

async function idsOf(file: string): Promise<Set<string>> {
  const ids = new Set<string>();
  let opened: FileHandle;
  try {
    opened = await open(file, O_RDONLY | O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return ids;
    throw error;
  }
  for await (const line of opened.readLines()) {
    const id = idOf(line);
    if (id !== null) ids.add(id);
  }
  return ids;
}

/** Of a whole line; half of one is written again. */
function idOf(line: string): string | null {
  try {
    const { notification_id } = JSON.parse(line) as { readonly notification_id?: unknown };
    return typeof notification_id === "string" ? notification_id : null;
  } catch {
    return null;
  }
}
