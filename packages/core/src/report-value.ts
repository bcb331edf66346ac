import type { ReportFigure, ReportUnit } from "./report.ts";

/** Says a moment (ISO 8601) in the report's zone: each form of a report has its own way. */
export type ReportTimeText = (iso: string) => string;

/** What stands where there is no value. */
const NO_VALUE = "–";

/** A value as people read it, on the page as in the files: `1,204`, `12 %`, `+12 %`, `3 m 12 s`; a dash for none. */
export function reportValueText(value: string | number | null, unit: ReportUnit, timeText: ReportTimeText): string {
  if (value === null) return NO_VALUE;
  if (typeof value === "string") return unit === "time" ? timeText(value) : value;
  switch (unit) {
    case "count":
      return rounded(value, 0);
    case "score":
      return rounded(value, 1);
    case "ratio":
      return `${percentText(value)} %`;
    case "change":
      return changeText(value);
    case "ms":
      return reportDurationText(value);
    default:
      return String(value);
  }
}

/** How a figure stands to what it was before: `12 % more than 368`, `15 times 127`. */
export function reportComparisonText(
  { value, before, change }: Pick<ReportFigure, "value" | "before" | "change">,
  unit: ReportUnit,
  timeText: ReportTimeText,
): string {
  if (before === null) return value === null ? "" : "nothing to compare with";
  const then = reportValueText(before, unit, timeText);
  if (value === null || change === null) return `before: ${then}`;
  if (value === before) return `as before: ${then}`;
  if (change >= MANYFOLD) return `${rounded(change + 1, change < 9 ? 1 : 0)} times ${then}`;
  return `${percentText(Math.abs(change))} % ${change > 0 ? "more" : "less"} than ${then}`;
}

/** A span of time: `0.42 ms`, `182 ms`, `4.2 s`, `3 m 12 s`, `2 h 05 m`, `4 d 6 h`. */
function reportDurationText(ms: number): string {
  if (ms === 0) return "0 ms";
  if (ms < 10) return `${Number(ms.toPrecision(2))} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
  const hours = Math.round(ms / 3_600_000);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

function changeText(change: number): string {
  const percent = percentText(Math.abs(change));
  // So small that it is no matter which way.
  const sign = percent.startsWith("<") ? "" : change > 0 ? "+" : change < 0 ? "−" : "±";
  return `${sign}${percent} %`;
}

/** Two figures are enough for a small share, and none is said to be nothing that is something. */
function percentText(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return "<0.1";
  return percent < 9.95 ? percent.toFixed(percent === 0 ? 0 : 1) : rounded(percent, 0);
}

/** Of what is three times as much, per cent say little. */
const MANYFOLD = 2;

const rounded = (value: number, digits: number) => value.toLocaleString("en-US", { maximumFractionDigits: digits });

const two = (value: number) => String(value).padStart(2, "0");
