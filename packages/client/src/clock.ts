/** Time and chance, as the client gets them. */
export interface Clock {
  readonly nowMs: () => number;
  /** 0 ≤ random < 1. */
  readonly random: () => number;
  /** Calls back once, and gives what cancels it. */
  readonly after: (delayMs: number, callback: () => void) => () => void;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  random: () => Math.random(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
