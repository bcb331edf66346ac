import type { Outbox } from "./outbox.ts";

/** What is due for one client within this time shares a flush. */
const GATHER_MS = 15;

/** Flushes outboxes: each at once when its last flush was long enough ago, else together with others a little later. */
export function createFlusher(nowMs: () => number) {
  // Counted from here, times are small numbers, which maps hold without a box for each.
  const startMs = nowMs();
  const clockMs = () => nowMs() - startMs;
  /** Those that are flushed in this turn of the event loop, and those that wait. */
  const due = new Set<Outbox>();
  const waiting = new Set<Outbox>();
  const flushedMs = new Map<Outbox, number>();
  let immediate: NodeJS.Immediate | null = null;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  function flushDue(): void {
    immediate = null;
    const now = clockMs();
    for (const outbox of due) {
      flushedMs.set(outbox, now);
      if (outbox.flush()) waiting.add(outbox);
      else waiting.delete(outbox);
    }
    due.clear();
    arm(GATHER_MS);
  }

  function flushWaiting(): void {
    timer = null;
    for (const outbox of waiting) due.add(outbox);
    waiting.clear();
    flushDue();
  }

  function arm(waitMs: number): void {
    if (timer === null && waiting.size > 0) timer = setTimeout(flushWaiting, waitMs);
  }

  return {
    add(outbox: Outbox): void {
      if (closed || due.has(outbox) || waiting.has(outbox)) return;
      // A clock that was set back holds nobody up.
      const sinceMs = Math.abs(clockMs() - (flushedMs.get(outbox) ?? Number.NEGATIVE_INFINITY));
      if (sinceMs < GATHER_MS) {
        waiting.add(outbox);
        arm(GATHER_MS - sinceMs);
      } else {
        due.add(outbox);
        immediate ??= setImmediate(flushDue);
      }
    },
    remove(outbox: Outbox): void {
      due.delete(outbox);
      waiting.delete(outbox);
      flushedMs.delete(outbox);
    },
    /** Flushes all now, as far as clients take it, and never again. */
    close(): void {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      if (immediate !== null) clearImmediate(immediate);
      for (const outbox of [...due, ...waiting]) outbox.flush();
      due.clear();
      waiting.clear();
    },
  };
}

export type Flusher = ReturnType<typeof createFlusher>;
