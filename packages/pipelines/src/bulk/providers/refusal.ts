import { PlayheadError } from "@playhead/sdk";

/** Statuses with which a service says that it cannot now, and may be asked again. */
const BUSY: ReadonlySet<number> = new Set([429, 503, 529]);
const NOT_LET_IN: ReadonlySet<number> = new Set([401, 402, 403, 404, 405, 407, 410]);

/**
 * What an answer that is no file means. Viewers read the status; the service's own words are in the cause, for the log.
 *
 * @param waitMs how long it wants to be left alone; null where it does not say
 * @param words the beginning of the answer
 */
export function refusalOf(status: number, waitMs: number | null, words: string): PlayheadError {
  const cause = new Error(`answer ${status}: ${words}`);
  if (BUSY.has(status)) {
    // Busy without a word of when is as any failure; only 429 is always about the rate.
    if (waitMs !== null || status === 429) return wantsToBeAskedLater(waitMs, cause);
  }
  if (status >= 300 && status < 400) {
    return new PlayheadError("provider_refused", `the provider is elsewhere (${status})`, {
      hint: "put the address to which it leads into the template",
      cause,
    });
  }
  if (NOT_LET_IN.has(status)) {
    const hint = "check its address, and the key in its headers";
    return new PlayheadError("provider_refused", `the provider refused (${status})`, { hint, cause });
  }
  // What is wrong with this row is so the next time, too.
  const retryable = status >= 500 || status === 408 || status === 425;
  return new PlayheadError("provider_failed", `the provider answered with ${status}`, { retryable, cause });
}

/** @param waitMs how much later; null where it does not say: then whoever waits does so by the policy of retries */
export function wantsToBeAskedLater(waitMs: number | null, cause?: unknown): PlayheadError {
  return new PlayheadError("rate_limited", "the provider wants to be asked later", {
    hint: "run it again when the provider allows more; what is finished is not made again",
    detail: waitMs === null ? {} : { retry_after_ms: waitMs },
    cause,
  });
}
