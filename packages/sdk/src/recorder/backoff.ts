const LEAST_MS = 50;
const FIRST_MS = 200;
const LONGEST_MS = 30_000;

/**
 * How long to wait before the next try: a random part of what doubles from 200 ms to 30 s ("full jitter"), so that many
 * workers do not come back at the same moment; never under 50 ms.
 *
 * @param attempt how many tries have failed before this wait, from 1
 * @param random 0 ≤ random < 1
 */
export function backoffMs(attempt: number, random: number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 20));
  return Math.max(LEAST_MS, longest * random);
}
