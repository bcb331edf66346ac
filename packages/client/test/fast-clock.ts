import type { Clock } from "../src/clock.ts";

/** How much faster it goes than the machine's. */
const SPEED = 40;

/** A clock for real sockets: it goes fast, so that nobody waits for what takes seconds. */
export function fastClock(): Clock {
  const startMs = Date.now();
  return {
    nowMs: () => startMs + (Date.now() - startMs) * SPEED,
    random: () => Math.random(),
    after(delayMs, callback) {
      const timer = setTimeout(callback, delayMs / SPEED);
      return () => clearTimeout(timer);
    },
  };
}
