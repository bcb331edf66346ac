/** The trace ids of 56 random bits; see the specification's consistent probability sampling. */
const RANDOM_DIGITS = 14;
const ALL = 16 ** RANDOM_DIGITS;

/** Whether a trace is among the share that is kept: the same whoever asks, as other programs decide it. */
export function isSampled(traceId: string, ratio: number): boolean {
  return Number.parseInt(traceId.slice(-RANDOM_DIGITS), 16) >= (1 - ratio) * ALL;
}
