/**
 * What the two clocks of a job say (DESIGN §5), worst first where several hold. A paused job's work is not expected to
 * advance, and one that has ended is `ok`.
 * - `lost`: its worker was not heard of for longer than its heartbeats allow;
 * - `stuck`: nothing at all was reported of it for as long as its kind may be silent;
 * - `stalled`: its worker lives, and nothing has advanced for longer than its step may take;
 * - `slow`: it advances, at less than half of the pace that it had.
 */
export const LIVENESS = ["ok", "slow", "stalled", "stuck", "lost"] as const;
/** One of {@link LIVENESS}. */
export type Liveness = (typeof LIVENESS)[number];

/** @returns whether a word is one of {@link LIVENESS}. */
export function isLiveness(word: unknown): word is Liveness {
  return LIVENESS.includes(word as Liveness);
}
