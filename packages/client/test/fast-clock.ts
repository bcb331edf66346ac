import type { Clock } from "../src/clock.ts";

/** How much of its time goes by in each millisecond in which this process is not held up. */
const STEP_MS = 40;

interface Waiting {
  readonly atMs: number;
  readonly callback: () => void;
}

/**
 * A clock for real sockets: it goes fast, so that nobody waits for what takes seconds. It goes by the turns of the loop, and
 * stands still with it: were it the machine's, an answer that is late because others have the processor would be too late.
 */
export function fastClock(): Clock {
  let nowMs = Date.now();
  const waiting = new Set<Waiting>();
  let ticking: NodeJS.Timeout | undefined;

  function tick(): void {
    nowMs += STEP_MS;
    const due = [...waiting].filter(({ atMs }) => atMs <= nowMs).sort((a, b) => a.atMs - b.atMs);
    for (const each of due) if (waiting.delete(each)) each.callback();
    if (waiting.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  }

  return {
    nowMs: () => nowMs,
    random: () => Math.random(),
    after(delayMs, callback) {
      const each: Waiting = { atMs: nowMs + delayMs, callback };
      waiting.add(each);
      ticking ??= setInterval(tick, 1);
      return () => void waiting.delete(each);
    },
  };
}
