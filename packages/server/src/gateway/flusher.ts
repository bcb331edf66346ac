import type { Outbox } from "./outbox.ts";

/** What is due for one client within this time shares a flush. */
const GATHER_MS = 15;

/** Flushes outboxes: at once when the last flush was long enough ago, else together with the next. */
export function createFlusher(nowMs: () => number) {
  const dirty = new Set<Outbox>();
  let timer: NodeJS.Timeout | null = null;
  let immediate: NodeJS.Immediate | null = null;
  let lastMs = Number.NEGATIVE_INFINITY;
  let closed = false;

  function run(): void {
    timer = null;
    immediate = null;
    lastMs = nowMs();
    for (const outbox of dirty) if (!outbox.flush()) dirty.delete(outbox);
    if (dirty.size > 0) timer = setTimeout(run, GATHER_MS);
  }

  function stop(): void {
    if (timer !== null) clearTimeout(timer);
    if (immediate !== null) clearImmediate(immediate);
    timer = null;
    immediate = null;
  }

  return {
    add(outbox: Outbox): void {
      if (closed) return;
      dirty.add(outbox);
      if (timer !== null || immediate !== null) return;
      // A clock that was set back holds nobody up.
      const waitMs = Math.min(GATHER_MS, lastMs + GATHER_MS - nowMs());
      if (waitMs <= 0) immediate = setImmediate(run);
      else timer = setTimeout(run, waitMs);
    },
    remove(outbox: Outbox): void {
      dirty.delete(outbox);
    },
    /** Flushes all now, as far as clients take it, and never again. */
    close(): void {
      closed = true;
      stop();
      for (const outbox of dirty) outbox.flush();
      dirty.clear();
    },
  };
}

export type Flusher = ReturnType<typeof createFlusher>;
