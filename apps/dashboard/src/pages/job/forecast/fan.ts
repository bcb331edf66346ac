import type { JobForecast, ToldForecast } from "@playhead/core";
import type { Timescale } from "../timescale.ts";

/** What was told of a job's finish up to a moment, the oldest first; nothing from fewer than two tellings. */
export function toldUpTo({ told }: JobForecast, atMs: number): readonly ToldForecast[] {
  const until = told.filter(({ at_ms }) => at_ms <= atMs);
  return until.length < 2 ? [] : until;
}

/** The fan as shapes in a drawing. */
export interface Fan {
  /** The points of the area between the lower and the upper ends. */
  readonly area: string;
  /** The points of the line along what was most likely. */
  readonly line: string;
}

/**
 * The fan of finishing times: across the time of the scale, down the tellings from the first to the newest. The more is
 * known, the narrower it is.
 *
 * @param widthPx of the drawing; so is the height
 */
export function fanOf(
  told: readonly ToldForecast[],
  { startMs, endMs }: Timescale,
  widthPx: number,
  heightPx: number,
): Fan {
  const xOf = (ms: number) => Math.round(((ms - startMs) / (endMs - startMs)) * widthPx * 10) / 10;
  const yOf = (at: number) => Math.round((at / Math.max(1, told.length - 1)) * heightPx * 10) / 10;
  const down = (pick: (each: ToldForecast) => number) => told.map((each, at) => `${xOf(pick(each))},${yOf(at)}`);
  return {
    area: [...down(({ low_ms }) => low_ms), ...down(({ high_ms }) => high_ms).reverse()].join(" "),
    line: down(({ ms }) => ms).join(" "),
  };
}
