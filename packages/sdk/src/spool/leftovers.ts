import { readdir, readFile, rm, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../cleaned-error.ts";
import { createSender, isKeyRefused, keyRetryMs } from "../recorder/sender.ts";
import type { SetTimer } from "../timer.ts";
import type { Transport } from "../transport/transport.ts";
import type { Warn } from "../warnings.ts";
import { type FolderLock, lockFolder } from "./folder-lock.ts";
import { recordsIn } from "./segments.ts";
import { segmentsIn, sourceOf } from "./spool-folder.ts";

/** Delivers what workers that are gone have left on disk. */
export interface Leftovers {
  /** Resolves when all of it is delivered, when the server is away, or when the time is over; then it ends. */
  close(timeoutMs: number): Promise<void>;
  /** Resolves when nothing is held any more; after {@link close} as soon as no request is under way. */
  readonly ended: Promise<void>;
}

export interface LeftoversDeps {
  readonly root: string;
  readonly transport: Transport;
  readonly nowMs: () => number;
  readonly setTimer: SetTimer;
  readonly random: () => number;
  readonly warn: Warn;
}

/** Records of one batch; more text would hold up the event loop. */
const BATCH_LINES = 1_000;
const BATCH_LENGTH = 500_000;
/** A folder without records that is younger may belong to a worker that is just about to lock it. */
const ABANDONED_MS = 3_600_000;
/** Why one stops before all is delivered: it is over, or the server does not accept the key. */
const STOPPED = Symbol("stopped");
const KEY_REFUSED = Symbol("key refused");
type Stop = typeof STOPPED | typeof KEY_REFUSED;

/**
 * Goes through the folders whose workers have ended and sends what they hold, each under the name of its own
 * source, in order: what the server has already it knows by its `n`. Once, or again and again while the server does not accept the
 * key; meanwhile the folders are anybody's who has a better one. Never throws.
 */
export function deliverLeftovers({ root, transport, nowMs, setTimer, random, warn }: LeftoversDeps): Leftovers {
  const failing = Promise.withResolvers<void>();
  const sender = createSender({ transport, setTimer, random, onFailing: failing.resolve, patientTries: 0 });
  let isClosed = false;
  let endWait: () => void = () => undefined;

  async function deliverUntilDone(): Promise<void> {
    while ((await deliverAll()) === KEY_REFUSED && !isClosed) {
      failing.resolve();
      await new Promise<void>((resolve) => {
        const stopTimer = setTimer(resolve, keyRetryMs(random()), false);
        endWait = () => {
          stopTimer();
          resolve();
        };
      });
    }
  }

  async function deliverAll(): Promise<Stop | undefined> {
    for (const name of await readdir(root).catch(() => [])) {
      const source = sourceOf(name);
      if (source === null) continue;
      if (isClosed) return STOPPED;
      try {
        const stop = await deliverFolder(join(root, name), source);
        if (stop !== undefined) return stop;
      } catch (error) {
        warn(`what ${source} left in ${root} could not be read: ${messageOf(error)}`);
      }
    }
    return undefined;
  }

  async function deliverFolder(folder: string, source: string): Promise<Stop | undefined> {
    const hasRecords = segmentsIn(await readdir(folder)).length > 0;
    if (!hasRecords && nowMs() - (await stat(folder)).mtimeMs < ABANDONED_MS) return;
    const lock = await lockFolder(folder);
    // Its worker lives, or another that has started is at it.
    if (lock === null) return;
    const tally = { delivered: 0, refused: 0, unreadable: 0 };
    try {
      for (const name of segmentsIn(await readdir(folder))) {
        const stop = await deliverSegment(join(folder, name), source, tally);
        if (stop !== undefined) return stop;
      }
      await removeFolder(folder, lock);
    } finally {
      lock.release();
      report(source, tally);
    }
  }

  async function deliverSegment(
    path: string,
    source: string,
    tally: { delivered: number; refused: number; unreadable: number },
  ): Promise<Stop | undefined> {
    const bytes = await readFile(path);
    for (const text of portionsOf(bytes)) {
      const records = recordsIn(text);
      tally.unreadable += text.trimEnd().split("\n").length - records.length;
      if (records.length === 0) continue;
      const delivery = await sender.deliver({ source, records });
      if (delivery.outcome === "abandoned") return STOPPED;
      if (delivery.outcome === "acknowledged") {
        tally.delivered += delivery.ack.accepted;
        tally.refused += delivery.ack.refused.length;
        continue;
      }
      if (isKeyRefused(delivery.error)) {
        warn(`the server does not accept the key, and what ${source} left stays in ${root}: ${delivery.error.message}`);
        return KEY_REFUSED;
      }
      tally.refused += records.length;
    }
    await unlink(path);
  }

  function report(
    source: string,
    { refused, unreadable }: { readonly refused: number; readonly unreadable: number },
  ): void {
    if (refused + unreadable === 0) return;
    warn(`of what ${source} left, ${refused} records were refused by the server and ${unreadable} could not be read`);
  }

  const ended = deliverUntilDone();
  return {
    ended,
    async close(timeoutMs) {
      const late = Promise.withResolvers<void>();
      const stopTimer = setTimer(late.resolve, timeoutMs, true);
      await Promise.race([ended, late.promise, failing.promise]);
      stopTimer();
      isClosed = true;
      endWait();
      sender.abandon();
    },
  };
}

/** The lines of a segment, a batch at a time. */
function* portionsOf(bytes: Buffer): Generator<string> {
  let start = 0;
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    lines += 1;
    if (lines < BATCH_LINES && at - start < BATCH_LENGTH) continue;
    yield bytes.toString("utf8", start, at + 1);
    start = at + 1;
    lines = 0;
  }
  if (start < bytes.length) yield bytes.toString("utf8", start);
}

/** Its lock last: what is removed is nobody's. */
async function removeFolder(folder: string, lock: FolderLock): Promise<void> {
  for (const name of segmentsIn(await readdir(folder))) await unlink(join(folder, name));
  lock.release();
  await rm(folder, { recursive: true, force: true });
}
