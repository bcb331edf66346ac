/** So often something is tried at most. */
export const MAX_TRIES = 12;

const FIRST_MS = 5_000;
const FACTOR = 2.5;
const MOST_MS = 12 * 3_600_000;

/**
 * How long to wait after a try that failed: 5 s at first, 2.5 times as long each time, so that twelve tries span about a
 * day. Of that a random part of up to a half is taken off, so that receivers who come back are not met by all at once.
 *
 * @param tries how many there have been, from 1 on
 * @param random 0..1
 * @param askedMs what the receiver asked for (`Retry-After`); null where it did not
 */
export function retryDelayMs(tries: number, random: number, askedMs: number | null): number {
  const delayMs = Math.min(MOST_MS, FIRST_MS * FACTOR ** (tries - 1));
  return Math.round(Math.max(delayMs * (1 - random / 2), Math.min(MOST_MS, askedMs ?? 0)));
}
