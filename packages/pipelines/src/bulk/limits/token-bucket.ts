/**
 * A bucket of tokens that fills at a steady rate: whoever wants to do something takes one, in the order of asking, and
 * waits for it when there is none.
 */
export interface TokenBucket {
  /** Takes a token. @returns in how many milliseconds it may be used; 0: now */
  take(): number;
  /** Nobody may use a token for so long: whoever is asked has said so. */
  holdFor(ms: number): void;
  /** How much longer {@link holdFor} lasts. */
  heldMs(): number;
}

/**
 * Kept as the time at which the bucket will be full again, which each token puts off by one interval: no timer fills it,
 * and nothing is lost to rounding.
 *
 * @param intervalMs from one token to the next; 0: there are always some
 * @param burst how many the full bucket has
 */
export function createTokenBucket(intervalMs: number, burst: number, nowMs: () => number): TokenBucket {
  let fullAtMs = Number.NEGATIVE_INFINITY;
  let heldUntilMs = Number.NEGATIVE_INFINITY;
  return {
    take() {
      const now = nowMs();
      const fromMs = Math.max(now, heldUntilMs, fullAtMs - (burst - 1) * intervalMs);
      fullAtMs = Math.max(fromMs, fullAtMs) + intervalMs;
      return fromMs - now;
    },
    holdFor(ms) {
      heldUntilMs = Math.max(heldUntilMs, nowMs() + ms);
    },
    heldMs: () => Math.max(0, heldUntilMs - nowMs()),
  };
}
