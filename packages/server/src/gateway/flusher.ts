import { GATHER_MS } from "./flush-turn.ts";
import type { Outbox } from "./outbox.ts";

/** Flushes outboxes: each at once when its last flush was long enough ago, else together with others a little later. */
export function createFlusher(nowMs: () => number) {
  // Counted from here, times are small numbers, which are kept without a box for each.
  const startMs = nowMs();
  const clockMs = () => nowMs() - startMs;
  let due: Outbox[] = [];
  let waiting: Outbox[] = [];
  let immediate: NodeJS.Immediate | null = null;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  function flushDue(): void {
    if (due.length === 0) return;
    const outboxes = due;
    due = [];
    const now = clockMs();
    for (const outbox of outboxes) flush(outbox, now);
    arm(GATHER_MS);
  }

  function endTurn(): void {
    immediate = null;
    flushDue();
  }

  function flush(outbox: Outbox, now: number): void {
    const { turn } = outbox;
    // Who has left since is not asked.
    if (turn.place !== "due") return;
    turn.place = "none";
    turn.flushedMs = now;
    if (outbox.flush() && turn.place === "none") wait(outbox);
  }

  function wait(outbox: Outbox): void {
    outbox.turn.place = "waiting";
    waiting.push(outbox);
  }

  function flushWaiting(): void {
    timer = null;
    for (const outbox of waiting) {
      if (outbox.turn.place !== "waiting") continue;
      outbox.turn.place = "due";
      due.push(outbox);
    }
    waiting = [];
    flushDue();
  }

  function arm(waitMs: number): void {
    if (timer === null && waiting.length > 0) timer = setTimeout(flushWaiting, waitMs);
  }

  return {
    add(outbox: Outbox): void {
      const { turn } = outbox;
      if (closed || turn.place !== "none") return;
      // A clock that was set back holds nobody up.
      const sinceMs = Math.abs(clockMs() - turn.flushedMs);
      if (sinceMs < GATHER_MS) {
        wait(outbox);
        arm(GATHER_MS - sinceMs);
      } else {
        turn.place = "due";
        due.push(outbox);
        immediate ??= setImmediate(endTurn);
      }
    },
    /** Flushes what is due in this turn of the event loop, for who knows that no more of it comes. */
    flushDue,
    remove(outbox: Outbox): void {
      outbox.turn.place = "none";
    },
    /** Flushes all now, as far as clients take it, and never again. */
    close(): void {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      if (immediate !== null) clearImmediate(immediate);
      for (const outbox of [...due, ...waiting]) if (outbox.turn.place !== "none") outbox.flush();
      due = [];
      waiting = [];
    },
  };
}

export type Flusher = ReturnType<typeof createFlusher>;
