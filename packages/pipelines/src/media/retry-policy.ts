import type { ErrorClass, ErrorCode, PlayheadError } from "@playhead/sdk";

/** How often something is tried that fails in one way, and how long is waited in between. */
export interface RetryRule {
  /** In all, the first one included; 1: never again. */
  readonly attempts: number;
  /** Before the second attempt. */
  readonly firstWaitMs: number;
  /** How much longer each wait is than the one before. */
  readonly factor: number;
  /** No wait is longer, unless whoever refused asked for more. */
  readonly maxWaitMs: number;
}

/** The next attempt, or that there is none. */
export type RetryDecision =
  | { readonly isRetried: false }
  | { readonly isRetried: true; readonly waitMs: number; readonly attempts: number };

const NEVER: RetryRule = { attempts: 1, firstWaitMs: 0, factor: 1, maxWaitMs: 0 };

/** What holds for an error that may pass (`retryable`), by its class. The page docs/workers.md has the same table. */
export const RETRY_BY_CLASS: Readonly<Record<ErrorClass, RetryRule>> = {
  transient: { attempts: 3, firstWaitMs: 500, factor: 2, maxWaitMs: 30_000 },
  environment: NEVER,
  input: NEVER,
  internal: NEVER,
};

/** Codes to which something else applies than to their class. */
export const RETRY_BY_CODE: Readonly<Partial<Record<ErrorCode, RetryRule>>> = {
  // Others say when they are ready again; nothing is wrong with what was asked for.
  rate_limited: { attempts: 20, firstWaitMs: 1_000, factor: 2, maxWaitMs: 60_000 },
  service_unavailable: { attempts: 6, firstWaitMs: 1_000, factor: 2, maxWaitMs: 60_000 },
  network_failed: { attempts: 5, firstWaitMs: 1_000, factor: 2, maxWaitMs: 30_000 },
  provider_failed: { attempts: 4, firstWaitMs: 1_000, factor: 2, maxWaitMs: 30_000 },
  source_failed: { attempts: 4, firstWaitMs: 1_000, factor: 2, maxWaitMs: 30_000 },
  // It took as long as it may already; a third time is no better.
  ffmpeg_timeout: { attempts: 2, firstWaitMs: 500, factor: 2, maxWaitMs: 30_000 },
};

/** The least part of a wait that is kept when it is made random: those that failed together do not come back together. */
const LEAST_PART = 0.5;
/** Nobody is waited for longer, whatever `Retry-After` says: then it fails. */
export const MOST_RETRY_AFTER_MS = 15 * 60_000;

/** The rule for an error; one that is not `retryable` is never tried again, whatever its class. */
export function retryRuleOf({ code, errorClass, retryable }: PlayheadError): RetryRule {
  if (!retryable) return NEVER;
  const byClass = RETRY_BY_CLASS[errorClass];
  // Whoever threw it knows better than its class that it may pass.
  return RETRY_BY_CODE[code] ?? (byClass === NEVER ? RETRY_BY_CLASS.transient : byClass);
}

/**
 * Whether something is tried again, and when.
 *
 * @param attempt the one that failed, from 1
 * @param random 0..1, for the jitter
 */
export function decideRetry(error: PlayheadError, attempt: number, random: () => number): RetryDecision {
  const { attempts, firstWaitMs, factor, maxWaitMs } = retryRuleOf(error);
  const askedMs = retryAfterMs(error);
  if (attempt >= attempts || askedMs > MOST_RETRY_AFTER_MS) return { isRetried: false };
  const backoffMs = Math.min(maxWaitMs, firstWaitMs * factor ** (attempt - 1));
  const waitMs = Math.round(backoffMs * (LEAST_PART + (1 - LEAST_PART) * random()));
  return { isRetried: true, attempts, waitMs: Math.max(waitMs, askedMs) };
}

/** What whoever refused asked for: `detail.retry_after_ms`; 0 when nothing. */
function retryAfterMs({ detail }: PlayheadError): number {
  const { retry_after_ms } = detail;
  return typeof retry_after_ms === "number" && retry_after_ms > 0 ? retry_after_ms : 0;
}
