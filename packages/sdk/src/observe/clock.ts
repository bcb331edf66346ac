/** What durations are measured with: when something began is told by one clock, how long it took by another. */
export interface Clock {
  /** Milliseconds since 1970. It may be set back. */
  readonly wallMs: () => number;
  /** Milliseconds with fractions since some moment. Never goes back. */
  readonly monotonicMs: () => number;
}

/** The clocks of the platform. */
export const systemClock: Clock = { wallMs: Date.now, monotonicMs: () => performance.now() };
