import type { RollupTuple } from "../../rollup-row.ts";

/** The figures of a row of `call_rollups`. */
export interface RollupRecord {
  readonly count: number;
  readonly errors: number;
  readonly summarized: number;
  readonly sum_ms: number;
  readonly min_ms: number;
  readonly max_ms: number;
  /** Encoded; of several rows with spaces between. */
  readonly sketch: string;
}

/** The same as the arithmetic of rollups takes them. */
export function tupleOfRollup(record: RollupRecord): RollupTuple {
  const { count, errors, summarized, sum_ms, min_ms, max_ms, sketch } = record;
  return [count, errors, summarized, sum_ms, min_ms, max_ms, sketch];
}
