import type { ReportUnit } from "@playhead/core";

const COUNT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const SCORE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
const SECOND_MS = 1_000;

/** What stands where there is no value. */
export const NOTHING = "–";

/** A value as people read it: `1,204`, `12.5 %`, `+12 %`, `3 m 12 s`, `2026-11-16 06:00`. */
export function valueText(value: string | number | null, unit: ReportUnit, timeZone: string): string {
  if (value === null) return NOTHING;
  if (typeof value === "string") return unit === "time" ? timeText(value, timeZone) : value;
  switch (unit) {
    case "count":
      return COUNT.format(value);
    case "score":
      return SCORE.format(value);
    case "ratio":
      return `${percent(value)} %`;
    case "change":
      return `${value > 0 ? "+" : value < 0 ? "−" : "±"}${percent(Math.abs(value))} %`;
    case "ms":
      return durationText(value);
    default:
      return String(value);
  }
}

/** Two figures are enough for a small share, and none is said to be nothing that is something. */
function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return "<0.1";
  return value < 9.95 ? value.toFixed(value === 0 ? 0 : 1) : COUNT.format(value);
}

/** A span of time: `0.42 ms`, `182 ms`, `4.2 s`, `3 m 12 s`, `2 h 05 m`, `4 d 6 h`. */
export function durationText(ms: number): string {
  if (ms === 0) return "0 ms";
  if (ms < 10) return `${Number(ms.toPrecision(2))} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / SECOND_MS).toFixed(1)} s`;
  const seconds = Math.round(ms / SECOND_MS);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
  const hours = Math.round(ms / 3_600_000);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const two = (value: number) => String(value).padStart(2, "0");

const zoned = (iso: string, timeZone: string) => Temporal.Instant.from(iso).toZonedDateTimeISO(timeZone);

/** A moment as a zone's clocks show it: `2026-11-16 06:00`. */
export function timeText(iso: string, timeZone: string): string {
  const { hour, minute, ...time } = clockOf(iso, timeZone);
  return `${time.date} ${two(hour)}:${two(minute)}`;
}

function clockOf(iso: string, timeZone: string) {
  const time = zoned(iso, timeZone);
  return { date: time.toPlainDate().toString(), hour: time.hour, minute: time.minute };
}

/** How a span is called on an axis: by its hour, its day or its month. */
export function spanText({ from, to }: { readonly from: string; readonly to: string }, timeZone: string): string {
  const hours = (Date.parse(to) - Date.parse(from)) / 3_600_000;
  const start = zoned(from, timeZone);
  const format = (options: Intl.DateTimeFormatOptions) => start.toPlainDate().toLocaleString("en-GB", options);
  if (hours <= 2) return `${two(start.hour)}:${two(start.minute)}`;
  if (hours > 24 * 8) return format({ month: "short", year: "numeric" });
  return hours > 26
    ? format({ day: "numeric", month: "short" })
    : format({ weekday: "short", day: "numeric" }).replace(",", "");
}

/** How a figure stands to what it was before: `12 % more than 368`. */
export function comparisonText(
  figure: { readonly value: number | null; readonly before: number | null; readonly change: number | null },
  unit: ReportUnit,
  timeZone: string,
): string {
  const { value, before, change } = figure;
  if (before === null) return value === null ? "" : "nothing to compare with";
  const then = valueText(before, unit, timeZone);
  if (value === null || change === null) return `before: ${then}`;
  if (value === before) return `as before: ${then}`;
  return `${percent(Math.abs(change))} % ${change > 0 ? "more" : "less"} than ${then}`;
}
