import { PlayheadError } from "@playhead/sdk";

/** Statuses with which a service says that it cannot now, and may be asked again. */
const BUSY: ReadonlySet<number> = new Set([429, 503, 529]);
const NOT_LET_IN: ReadonlySet<number> = new Set([401, 402, 403, 404, 405, 407, 410]);
/** Whoever waits for a service that does not say how long, waits by the policy of retries. */
const NO_WAIT = {};

/**
 * What an answer that is no file means. Viewers read the status; the service's own words are in the cause, for the log.
 *
 * @param retryAfter the header of that name
 * @param words the beginning of the answer
 */
export function refusalOf(status: number, retryAfter: string | undefined, words: string, nowMs: number): PlayheadError {
  const cause = new Error(`answer ${status}: ${words}`);
  if (BUSY.has(status)) {
    const waitMs = retryAfterMs(retryAfter, nowMs);
    // Busy without a word of when is as any failure; only 429 is always about the rate.
    if (waitMs !== null || status === 429) {
      const detail = waitMs === null ? NO_WAIT : { retry_after_ms: waitMs };
      return new PlayheadError("rate_limited", `the provider wants to be asked later (${status})`, { detail, cause });
    }
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

/** Seconds or a date; null when it is neither. */
function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  const atMs = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
