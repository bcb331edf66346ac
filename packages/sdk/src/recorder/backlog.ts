import type { Spool } from "../spool/spool.ts";
import type { NumberedRecord, RecordQueue } from "./record-queue.ts";

/**
 * All facts and log lines that are not acknowledged, in order of their numbers:
 *
 *     under way ─► on disk ─► held (on its way to the disk) ─► in memory ◄── record()
 *
 * On disk there is nothing as long as the server takes what it gets. From the first try that fails on, everything goes
 * there, what is under way first: a process that is killed has then lost what it recorded in the last moments, and
 * nothing before. Once the server is back, what lies on disk is sent before what is in memory.
 */
export interface Backlog {
  /** Whether nothing waits behind what is under way. */
  isEmpty(): boolean;
  /** Whether something waits on disk behind what is under way. */
  isOnDisk(): boolean;
  /** Takes out the next records: they are under way until they are settled. */
  next(): Promise<readonly NumberedRecord[]> | readonly NumberedRecord[];
  /** What was under way was delivered, or will never be. */
  settle(): Promise<void> | void;
  /** Something was recorded, or a try has failed: writes to disk what should be there. */
  spill(): void;
  /** Whether a record that comes now is to be written to disk soon. */
  isSpilling(): boolean;
  /** Writes to disk all that there is, and lets the disk go. @returns how many records wait there now */
  leave(): Promise<{ readonly isAllThere: boolean; readonly count: number }>;
}

export interface BacklogDeps {
  readonly queue: RecordQueue;
  /** Null keeps everything in memory. */
  readonly spool: Spool | null;
  /** Whether the last try to send failed. */
  readonly isFailing: () => boolean;
  /** So many records in memory are too many, though no try has failed yet. */
  readonly crowd: number;
  /** How many records make a batch. */
  readonly batchRecords: number;
}

/** How many are written at a time, so that turning them into text holds nobody up. */
const WRITTEN_AT_ONCE = 500;

export function createBacklog({ queue, spool, isFailing, crowd, batchRecords }: BacklogDeps): Backlog {
  /** What is under way, as long as it is not on disk. */
  let unwritten: readonly NumberedRecord[] = [];
  let underWayUpTo = 0;
  let held: readonly NumberedRecord[] = [];
  let spilling: Promise<void> | null = null;
  /** Sending comes first: a worker that records faster than the disk writes must not keep it waiting. */
  let isWaitedFor = false;
  let isLeft = false;

  const isOnDisk = () => spool !== null && spool.lastN() > underWayUpTo;

  /** Asked at each record: what is cheap comes first. */
  function isWanted(): boolean {
    if (spool === null) return false;
    const isSome = isFailing()
      ? queue.size() > 0 || unwritten.length > 0 || held.length > 0
      : queue.size() >= (spool.count() > 0 ? Math.min(batchRecords, crowd) : crowd);
    return isSome && spool.room() !== "none";
  }

  function spill(): void {
    if (spilling !== null || spool === null || isLeft || !isWanted()) return;
    spilling = spillWhile(spool, () => isWanted() && !isWaitedFor).finally(() => {
      spilling = null;
    });
  }

  async function endSpilling(): Promise<void> {
    isWaitedFor = true;
    while (spilling !== null) await spilling;
    isWaitedFor = false;
  }

  async function spillWhile(to: Spool, wanted: () => boolean): Promise<void> {
    while (wanted()) {
      // Not on the stack of whoever has recorded something.
      await Promise.resolve();
      if (!(await spillSome(to))) return;
    }
  }

  async function spillSome(to: Spool): Promise<boolean> {
    if (unwritten.length > 0) {
      if (!(await to.append(unwritten))) return false;
      unwritten = [];
      return true;
    }
    if (to.room() === "facts") queue.shed();
    if (held.length === 0) held = queue.take(WRITTEN_AT_ONCE);
    if (held.length === 0) return false;
    if (!(await to.append(held))) return false;
    held = [];
    return true;
  }

  function started(records: readonly NumberedRecord[], upTo: number): readonly NumberedRecord[] {
    underWayUpTo = Math.max(underWayUpTo, upTo);
    return records;
  }

  function nextInMemory(): readonly NumberedRecord[] {
    unwritten = held.length > 0 ? held : queue.take(batchRecords);
    held = [];
    return started(unwritten, unwritten.at(-1)?.n ?? 0);
  }

  async function nextOnDisk(from: Spool): Promise<readonly NumberedRecord[]> {
    for (;;) {
      await endSpilling();
      if (!isOnDisk()) return nextInMemory();
      const { records, upTo } = await from.read();
      if (records.length > 0) return started(records, upTo);
      await from.acknowledge(upTo);
    }
  }

  return {
    isEmpty: () => queue.size() === 0 && held.length === 0 && !isOnDisk(),
    isOnDisk,
    spill,
    isSpilling: isWanted,
    next: () => (spool === null || (spilling === null && spool.count() === 0) ? nextInMemory() : nextOnDisk(spool)),
    settle() {
      unwritten = [];
      return spool === null || (spilling === null && spool.count() === 0) ? undefined : settleOnDisk(spool);
    },
    async leave() {
      if (spool === null) return { isAllThere: queue.size() === 0 && unwritten.length === 0, count: 0 };
      isLeft = true;
      await endSpilling();
      const isSomeInMemory = () => unwritten.length > 0 || held.length > 0 || queue.size() > 0;
      await spillWhile(spool, () => isSomeInMemory() && spool.room() !== "none");
      const left = { isAllThere: !isSomeInMemory(), count: spool.count() };
      await spool.close();
      return left;
    },
  };

  async function settleOnDisk(on: Spool): Promise<void> {
    await endSpilling();
    await on.acknowledge(underWayUpTo);
  }
}
