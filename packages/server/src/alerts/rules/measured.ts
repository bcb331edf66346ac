/** What a window has measured, as conditions read it. The evaluator's windows are of this shape. */
export interface Measured {
  /** Sums over the window, each in the place that its slot was given. */
  readonly totals: ArrayLike<number>;
  /** The longest call; 0 without any. */
  readonly maxMs: number;
  /** Of the durations of calls; null without any. */
  quantileMs(share: number): number | null;
  /** How long such calls took on average before the window; null as long as too few are known. */
  baselineMs(): number | null;
  /** The longest step that ended in the window or is under way; null without any. */
  longestStepMs(): number | null;
  /** What was last looked at under that name; null when that is longer ago than the window is long. */
  latest(gauge: string): number | null;
  /** What was last said of the liveness of its job, as a place in core's `LIVENESS`; null as long as nothing was. */
  readonly liveness: number | null;
}

/**
 * A slot is what a window adds up for conditions: `signal|what`. Its signal says what has to be heard for it to change:
 * `call`, `call:NAME`, `task`, `job`, `event:TYPE`, `gauge:NAME`, `step`, `liveness`, `any`.
 */
export type Slot = string;

/** The signal of a slot. A name may have a bar in it; what is added up has none. */
export function signalOf(slot: Slot): string {
  return slot.slice(0, slot.lastIndexOf("|"));
}

/** The slots that are no plain sums: a window does more for them only where a condition needs it. */
export const DURATIONS = "call|durations";
export const LONGEST_CALL = "call|longest";
export const BASELINE = "call|baseline";
export const LIVENESS_SLOT = "liveness|level";
/** Steps that ended. */
export const STEP_COUNT = "step|count";
