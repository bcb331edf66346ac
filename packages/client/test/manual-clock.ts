import type { Clock } from "../src/clock.ts";

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** Goes on, calling back what comes due on the way, in order; lets promises settle in between. */
  advance(ms: number): Promise<void>;
  /** Lets time pass without calling anything back, as a machine that sleeps does. */
  sleep(ms: number): void;
}

/** Creates a clock that begins at a round moment; `random` gives the same number each time. */
export function manualClock(random = 0.5): ManualClock {
  let nowMs = Date.parse("2026-11-21T10:00:00.000Z");
  let timers: { readonly atMs: number; readonly callback: () => void }[] = [];
  return {
    nowMs: () => nowMs,
    random: () => random,
    after(delayMs, callback) {
      const timer = { atMs: nowMs + delayMs, callback };
      timers = [...timers, timer];
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    sleep(ms) {
      nowMs += ms;
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (;;) {
        const next = timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
        if (next === undefined) break;
        timers = timers.filter((each) => each !== next);
        nowMs = next.atMs;
        next.callback();
        await settle();
      }
      nowMs = untilMs;
    },
  };
}

/** Lets all promises that can settle do so. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
