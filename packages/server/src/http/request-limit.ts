import { PlayheadError } from "@playhead/core";

export interface RequestLimitOptions {
  /** What one caller may ask for in the long run. */
  readonly perSecond: number;
  /** What one may ask for at once, after a pause. */
  readonly burst: number;
  readonly nowMs: () => number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

const ROUNDING = 1e-9;
/** Beyond so many callers those are forgotten whose bucket is full again: they are as new. */
const MANY_CALLERS = 10_000;

/** Counts the requests of each caller in a token bucket of its own. */
export function createRequestLimit({ nowMs, ...first }: RequestLimitOptions) {
  let { perSecond, burst } = first;
  const buckets = new Map<string, Bucket>();

  function refill(bucket: Bucket, now: number): void {
    // A clock that was set back gives nothing, and takes nothing away.
    const passedMs = Math.max(0, now - bucket.atMs);
    bucket.tokens = Math.min(burst, bucket.tokens + (passedMs * perSecond) / 1_000);
    bucket.atMs = now;
  }

  function forgetIdle(now: number): void {
    for (const [caller, bucket] of buckets) {
      refill(bucket, now);
      if (bucket.tokens >= burst) buckets.delete(caller);
    }
  }

  return {
    /**
     * Counts a request.
     *
     * @throws PlayheadError `rate_limited` with `detail.retry_after_ms` for one too many
     */
    admit(caller: string): void {
      const now = nowMs();
      let bucket = buckets.get(caller);
      if (bucket === undefined) {
        if (buckets.size >= MANY_CALLERS) forgetIdle(now);
        bucket = { tokens: burst, atMs: now };
        buckets.set(caller, bucket);
      }
      refill(bucket, now);
      // Sums of fractions come out a little short.
      const missing = 1 - ROUNDING - bucket.tokens;
      if (missing > 0) {
        const retryAfterMs = Math.ceil((missing * 1_000) / perSecond);
        throw new PlayheadError("rate_limited", `expected at most ${perSecond} requests a second of one caller`, {
          detail: { retry_after_ms: retryAfterMs },
          hint: "ask again after Retry-After; report events in batches",
        });
      }
      bucket.tokens -= 1;
    },
    callers: (): number => buckets.size,
    /** What holds from now on; who has more at hand than may be asked for at once loses it. */
    setLimits(next: Pick<RequestLimitOptions, "perSecond" | "burst">): void {
      ({ perSecond, burst } = next);
    },
  };
}

export type RequestLimit = ReturnType<typeof createRequestLimit>;
