import type { ChartUnit } from "./chart-series.ts";

const DECADES = Array.from({ length: 15 }, (_, each) => 10 ** (each - 3));
const DECIMAL = DECADES.flatMap((decade) => [1, 2, 5].map((digit) => digit * decade));
const MINUTE_MS = 60_000;
/** Up to ten seconds as numbers go, from there on as clocks do. */
const DURATIONS = [
  ...DECIMAL.filter((ms) => ms >= 0.1 && ms <= 10_000),
  ...[15_000, 30_000],
  ...[1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440].map((minutes) => minutes * MINUTE_MS),
];

/** How far apart the ticks of a value's axis may be. */
export function tickSteps(unit: ChartUnit): readonly number[] {
  if (unit === "ms") return DURATIONS;
  return unit === "count" ? DECIMAL.filter((step) => step >= 1) : DECIMAL;
}

/** What an axis spans: from nothing to a little over the largest, so that heights can be compared; percentages to a hundred. */
export function valueRange(unit: ChartUnit, largest: number | null): [number, number] {
  if (unit === "percent") return [0, Math.max(100, largest ?? 0)];
  const least = unit === "ratio" ? 0.01 : 1;
  return [0, largest === null || largest <= 0 ? least : largest * 1.1];
}
