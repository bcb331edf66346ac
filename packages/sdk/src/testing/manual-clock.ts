import type { SetTimer } from "../timer.ts";

/** Time that passes when a test says so. */
export interface ManualClock {
  readonly nowMs: () => number;
  readonly setTimer: SetTimer;
  /** Lets time pass, and everything happen that is due meanwhile, in order. */
  advance(ms: number): Promise<void>;
  /** Lets everything happen that is due now. */
  settle(): Promise<void>;
  /** How many timers are set, and how many of them keep the process alive. */
  timers(): { readonly all: number; readonly alive: number };
}

interface Timer {
  readonly atMs: number;
  readonly keepsAlive: boolean;
  readonly callback: () => void;
}

export function createManualClock(startMs = Date.parse("2026-11-21T10:00:00.000Z")): ManualClock {
  let now = startMs;
  const timers = new Set<Timer>();

  function nextTimer(untilMs: number): Timer | null {
    let next: Timer | null = null;
    for (const timer of timers) if (timer.atMs <= untilMs && (next === null || timer.atMs < next.atMs)) next = timer;
    return next;
  }

  async function advance(ms: number): Promise<void> {
    const untilMs = now + ms;
    await turn();
    for (let timer = nextTimer(untilMs); timer !== null; timer = nextTimer(untilMs)) {
      timers.delete(timer);
      now = Math.max(now, timer.atMs);
      timer.callback();
      await turn();
    }
    now = untilMs;
  }

  return {
    nowMs: () => now,
    setTimer(callback, delayMs, keepsAlive) {
      const timer = { atMs: now + delayMs, keepsAlive, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance,
    settle: () => advance(0),
    timers: () => ({ all: timers.size, alive: [...timers].filter(({ keepsAlive }) => keepsAlive).length }),
  };
}

/** Long enough for promises that follow from one another, and for a turn of the event loop that they may ask for. */
async function turn(): Promise<void> {
  for (let round = 0; round < 3; round += 1) await new Promise((resolve) => setImmediate(resolve));
}
