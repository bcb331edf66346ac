import { formatRate, formatSize } from "@playhead/client/format";
import { formatCallTime } from "../call-time.ts";
import type { ChartUnit } from "./chart-series.ts";

const COUNT = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });

const FORMATS: Readonly<Record<ChartUnit, (value: number) => string>> = {
  ms: formatCallTime,
  percent: (percent) => `${exactly(percent)} %`,
  bytes: formatSize,
  count: (count) => COUNT.format(count),
  per_minute: (rate) => `${formatRate(rate)} a minute`,
  ratio: (ratio) => `${exactly(ratio * 100)} %`,
};

/** A value of a chart in words; what there is none of is a dash. */
export function formatValue(unit: ChartUnit, value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : FORMATS[unit](value);
}

/** A value as an axis has it: as short as can be. */
export function formatTick(unit: ChartUnit, value: number): string {
  if (unit === "per_minute") return COUNT.format(value);
  if (value === 0) return "0";
  return FORMATS[unit](value).replace(/(\d)\.0(?= )/, "$1");
}

/** Small shares with a digit more: a rate of errors of 0.4 % is not none. */
function exactly(percent: number): string {
  return percent !== 0 && Math.abs(percent) < 9.95 ? percent.toFixed(1) : String(Math.round(percent));
}
