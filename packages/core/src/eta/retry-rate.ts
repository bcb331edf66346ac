/** How often an item fails and is done again, learned as items end and fail. */
export interface RetryRate {
  ended(): void;
  failed(): void;
  /** The share of attempts that fail, 0..1. */
  share(): number;
  learn(before: KnownRetries | null): KnownRetries;
}

/** What past jobs of a template say. */
export interface KnownRetries {
  readonly failed: number;
  readonly attempts: number;
}

/** What counts before anything was seen: one in a hundred. */
const PRIOR: KnownRetries = { failed: 0.05, attempts: 5 };
/** Past jobs count as so many attempts, at most. */
const MEMORY = 200;
/** Whatever was seen: an item comes to an end. */
const MOST = 0.8;

export function createRetryRate(past: KnownRetries | null): RetryRate {
  let failed = 0;
  let attempts = 0;
  return {
    ended() {
      attempts += 1;
    },
    failed() {
      attempts += 1;
      failed += 1;
    },
    share() {
      const before = past ?? PRIOR;
      return Math.min(MOST, (before.failed + failed) / (before.attempts + attempts));
    },
    learn(before) {
      const start = before ?? PRIOR;
      const all = start.attempts + attempts;
      const kept = Math.min(1, MEMORY / all);
      return { failed: (start.failed + failed) * kept, attempts: all * kept };
    },
  };
}
