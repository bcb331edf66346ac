import { PlayheadError } from "@playhead/core";

export interface AttemptLimitOptions {
  readonly nowMs: () => number;
  /** Attempts that an address has at once. @defaultValue 10 */
  readonly burst?: number;
  /** Until it has another one. @defaultValue 6,000 */
  readonly refillMs?: number;
}

/** Beyond this many addresses those that have all their attempts again are forgotten. */
const MANY_ADDRESSES = 10_000;
/** Who comes when even so there are too many shares the attempts of one address. */
const ALL_OTHERS = "";

/** How often someone may try a key: per address, so that guessing is slow and nobody else is harmed. */
export function createAttemptLimit({ nowMs, burst = 10, refillMs = 6_000 }: AttemptLimitOptions) {
  /** When an address will have all its attempts again. */
  const fullAtMs = new Map<string, number>();

  function keyFor(address: string): string {
    if (fullAtMs.has(address) || fullAtMs.size < MANY_ADDRESSES) return address;
    const now = nowMs();
    for (const [each, atMs] of fullAtMs) if (atMs <= now) fullAtMs.delete(each);
    return fullAtMs.size < MANY_ADDRESSES ? address : ALL_OTHERS;
  }

  return {
    /** Takes one attempt. @throws PlayheadError `rate_limited` when there is none left */
    attempt(address: string): void {
      const key = keyFor(address);
      const now = nowMs();
      const next = Math.max(now, fullAtMs.get(key) ?? 0) + refillMs;
      const waitMs = next - now - burst * refillMs;
      if (waitMs > 0) {
        throw new PlayheadError("rate_limited", "too many wrong keys came from this address", {
          detail: { retry_after_ms: waitMs },
          hint: `try again in ${Math.ceil(waitMs / 1_000)} s`,
        });
      }
      fullAtMs.set(key, next);
    },
    /** Gives an attempt back: it was a key. */
    succeeded(address: string): void {
      const key = fullAtMs.has(address) ? address : ALL_OTHERS;
      const atMs = fullAtMs.get(key);
      if (atMs !== undefined) fullAtMs.set(key, atMs - refillMs);
    },
    size: (): number => fullAtMs.size,
  };
}
