import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../cleaned-error.ts";
import type { NumberedRecord } from "../recorder/record-queue.ts";
import type { SendTimer } from "../transport/timed-transport.ts";
import type { Warn } from "../warnings.ts";
import { type FolderLock, lockFolder } from "./folder-lock.ts";
import { createSegments, linesOf, type Segments } from "./segments.ts";
import { ownFolder } from "./spool-folder.ts";
import type { SpoolSettings } from "./spool-settings.ts";

/** What may still be written: all, facts alone, or nothing. */
export type SpoolRoom = "all" | "facts" | "none";

/**
 * Where the records of one worker wait on disk, in order, while the server is away. Nothing is touched before the first
 * is written. None of its functions rejects: where the disk fails, it says so once and has no room for a minute.
 */
export interface Spool {
  /** The folder of all workers, for messages. */
  readonly root: string;
  room(): SpoolRoom;
  /** How many records wait. */
  count(): number;
  /** The number of the last record that waits; 0 when none does. */
  lastN(): number;
  /** Adds records behind all others. @returns false when they could not be written; then none of them was */
  append(records: readonly NumberedRecord[]): Promise<boolean>;
  /** The oldest records, a batch of them, and the number up to which they are all there is. */
  read(): Promise<{ readonly records: readonly NumberedRecord[]; readonly upTo: number }>;
  /** Those up to this number have been delivered. */
  acknowledge(upTo: number): Promise<void>;
  /** Lets the folder go: away when it is empty, else to whoever starts next. */
  close(): Promise<void>;
}

export interface SpoolDeps {
  readonly settings: SpoolSettings;
  readonly source: string;
  /** Names the folder; never used before. */
  readonly id: string;
  readonly nowMs: () => number;
  readonly warn: Warn;
  /** Wants to know what it costs to make text of records: as much as to send them. Null: nobody does. */
  readonly timer?: SendTimer | null;
}

/** Log lines and changes of step may fill so much of it; the rest is for what cannot be missed. */
const SHARE_FOR_ALL = 0.75;
const DISK_RETRY_MS = 60_000;

interface OpenSpool {
  readonly folder: string;
  readonly lock: FolderLock;
  readonly segments: Segments;
}

export function createSpool({ settings, source, id, nowMs, warn, timer = null }: SpoolDeps): Spool {
  const { folder: root, maxBytes } = settings;
  let opened: OpenSpool | null = null;
  /** What others have left in the root. */
  let othersBytes = 0;
  let failedUntilMs = Number.NEGATIVE_INFINITY;
  let hasWarned = false;

  async function open(): Promise<OpenSpool> {
    if (opened !== null) return opened;
    await mkdir(root, { recursive: true, mode: 0o700 });
    othersBytes = await bytesBelow(root);
    const folder = ownFolder(root, source, id);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const lock = await lockFolder(folder);
    if (lock === null) throw new Error(`another process has ${folder}`);
    opened = { folder, lock, segments: createSegments(folder, encode) };
    return opened;
  }

  function encode(records: readonly NumberedRecord[]): Buffer {
    const startMs = timer?.clock() ?? 0;
    const bytes = linesOf(records);
    timer?.noteSent(records.length, timer.clock() - startMs);
    return bytes;
  }

  function room(): SpoolRoom {
    if (nowMs() < failedUntilMs) return "none";
    const used = othersBytes + (opened?.segments.sizeBytes() ?? 0);
    if (used >= maxBytes) return "none";
    return used >= maxBytes * SHARE_FOR_ALL ? "facts" : "all";
  }

  function failed(error: unknown): void {
    failedUntilMs = nowMs() + DISK_RETRY_MS;
    if (hasWarned) return;
    hasWarned = true;
    warn(`what the server does not take waits in memory, since ${root} cannot be written: ${messageOf(error)}`);
  }

  return {
    root,
    room,
    count: () => opened?.segments.count() ?? 0,
    lastN: () => opened?.segments.lastN() ?? 0,
    async append(records) {
      try {
        await (await open()).segments.append(records);
        return true;
      } catch (error) {
        failed(error);
        return false;
      }
    },
    async read() {
      if (opened === null) return { records: [], upTo: 0 };
      const { records, upTo, lost } = await opened.segments.read();
      if (lost > 0) warn(`${lost} records could not be read again from ${root}, and are lost`);
      return { records, upTo };
    },
    acknowledge: async (upTo) => opened?.segments.acknowledge(upTo).catch(failed),
    async close() {
      if (opened === null) return;
      const { folder, lock, segments } = opened;
      opened = null;
      const isEmpty = segments.count() === 0;
      await segments.close().catch(failed);
      lock.release();
      if (isEmpty) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    },
  };
}

/** The bytes of all files of all folders in a root. */
async function bytesBelow(root: string): Promise<number> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    // One that another process has just delivered, and removed, has none.
    files.map(({ parentPath, name }) =>
      stat(join(parentPath, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
