import { createHash } from "node:crypto";
import { createAttemptLimit } from "./attempt-limit.ts";

export interface GuessesDeps {
  readonly nowMs: () => number;
}

/** So many pairs of an address and what it has shown are remembered, the newest. */
const MAX_SHOWN = 10_000;

/**
 * Makes guessing of keys slow. An attempt is a key of nobody that its address has not shown before: a worker whose key
 * was revoked may go on to show it, and costs those behind the same address nothing. Nor does whoever came with a right
 * key have to wait, whatever others guess from there. Signed tokens are no keys, and cannot be guessed.
 */
export function createGuesses({ nowMs }: GuessesDeps) {
  const attempts = createAttemptLimit({ nowMs });
  const shown = new Set<string>();

  function note(mark: string): void {
    shown.delete(mark);
    shown.add(mark);
    const [oldest] = shown;
    if (shown.size > MAX_SHOWN && oldest !== undefined) shown.delete(oldest);
  }

  return {
    /**
     * Looks up a key that came from an address.
     * @throws PlayheadError `rate_limited` when that has shown too many of nobody; then this one is not looked up
     */
    check<Found>(address: string, key: string, lookUp: (key: string) => Found | null): Found | null {
      // Keys are not kept in clear.
      const mark = `${address} ${createHash("sha256").update(key).digest("base64")}`;
      const isKnown = shown.has(mark);
      if (!isKnown) attempts.attempt(address);
      const found = lookUp(key);
      if (!isKnown && found !== null) attempts.succeeded(address);
      note(mark);
      return found;
    },
    size: (): number => shown.size,
  };
}
