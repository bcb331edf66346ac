import type { ReportUnit } from "@playhead/core";

/** What people count time in. */
const TIME_STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].flatMap((step) => [step * 1_000, step * 60_000]),
  ...[1, 2, 3, 6, 12].map((step) => step * 3_600_000),
];
const MOST_STEPS = 4;

/** The values that lines of a chart stand at, from 0 up to at least the largest value. */
export function ticksUpTo(largest: number, unit: ReportUnit): readonly number[] {
  const least = largest / MOST_STEPS;
  const step = unit === "ms" && least > 1_000 ? timeStep(least) : decimalStep(least, unit === "count");
  const count = Math.max(1, Math.ceil(largest / step - 1e-9));
  return Array.from({ length: count + 1 }, (_, at) => at * step);
}

function decimalStep(least: number, isWhole: boolean): number {
  if (least <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].find((each) => each * power >= least - 1e-12) ?? 10;
  return isWhole ? Math.max(1, step * power) : step * power;
}

function timeStep(least: number): number {
  const day = 24 * 3_600_000;
  const fitting = TIME_STEPS_MS.filter((step) => step >= least);
  return fitting.length > 0 ? Math.min(...fitting) : Math.ceil(least / day) * day;
}
