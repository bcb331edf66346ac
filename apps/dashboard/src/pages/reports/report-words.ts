import { formatClock } from "@playhead/client/format";
import type { ReportFigure, ReportKind, ReportSchedule, ReportUnit } from "@playhead/core";
import { wallClock } from "../../ui/wall-clock.ts";

const COUNT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const SCORE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

export const KIND_WORDS: Readonly<Record<ReportKind, string>> = {
  daily: "Daily",
  weekly: "Weekly",
  trend: "Trends",
  custom: "Custom",
};

/** A value as the report's files have it: `1,204`, `12 %`, `+12 %`, `3 m 12 s`; a dash for none. */
export function valueText(value: string | number | null, unit: ReportUnit, timeZone: string): string {
  if (value === null) return "–";
  if (typeof value === "string") return unit === "time" ? momentText(Date.parse(value), timeZone) : value;
  switch (unit) {
    case "count":
      return COUNT.format(value);
    case "score":
      return SCORE.format(value);
    case "ratio":
      return `${percentText(value)} %`;
    case "change":
      return `${value > 0 ? "+" : value < 0 ? "−" : "±"}${percentText(Math.abs(value))} %`;
    case "ms":
      return durationText(value);
    default:
      return String(value);
  }
}

/** None is said to be nothing that is something. */
function percentText(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return "<0.1";
  return percent < 9.95 ? percent.toFixed(percent === 0 ? 0 : 1) : COUNT.format(percent);
}

/** A span of time, finer than `formatDuration`: calls take less than a second. */
function durationText(ms: number): string {
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

/** How a figure stands to the period before: `12 % more than 368`. */
export function comparisonText({ value, before, change, unit }: ReportFigure, timeZone: string): string {
  if (before === null) return value === null ? "" : "nothing to compare with";
  const then = valueText(before, unit, timeZone);
  if (value === null || change === null) return `before: ${then}`;
  if (value === before) return `as before: ${then}`;
  return `${percentText(Math.abs(change))} % ${change > 0 ? "more" : "less"} than ${then}`;
}

/** Whether a figure went the good way; null where neither is. */
export function isGoodNews({ change, better }: Pick<ReportFigure, "change" | "better">): boolean | null {
  if (better === null || change === null || Math.abs(change) < SAME) return null;
  return change > 0 === (better === "higher");
}
/** Less than this is the same, to people. */
const SAME = 0.02;

/** From when to when, in the report's zone: `16 Nov – 22 Nov 2026` of whole days, else with the times of day. */
export function rangeText(from: string, to: string, timeZone: string): string {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  const isMidnight = (atMs: number) => {
    const { hour, minute, second } = wallClock(atMs, timeZone);
    return hour + minute + second === 0;
  };
  if (!isMidnight(fromMs) || !isMidnight(toMs)) {
    return `${momentText(fromMs, timeZone)} – ${momentText(toMs, timeZone)}`;
  }
  // The last moment that is in it.
  const last = dayText(toMs - 1, timeZone);
  return dayText(fromMs, timeZone) === last ? last : `${dayText(fromMs, timeZone, false)} – ${last}`;
}

/** A day: `16 Nov 2026`. */
export function dayText(atMs: number, timeZone: string, withYear = true): string {
  const year = withYear ? ({ year: "numeric" } as const) : {};
  return new Intl.DateTimeFormat("en-GB", { timeZone, day: "numeric", month: "short", ...year }).format(atMs);
}

const momentText = (atMs: number, timeZone: string) => `${dayText(atMs, timeZone)} ${formatClock(atMs, { timeZone })}`;

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** When a schedule makes its reports: `every Monday at 06:00`; the expression itself where it says more than that. */
export function cronText({ cron }: Pick<ReportSchedule, "cron">): string {
  const [, minute = "", hour = "", ofMonth, month, ofWeek = ""] =
    /^(\d{1,2}) (\d{1,2}) (\S+) (\S+) (\*|[0-7])$/.exec(cron.trim()) ?? [];
  if (ofMonth !== "*" || month !== "*") return `at ${cron}`;
  const day = ofWeek === "*" ? "day" : DAYS[Number(ofWeek) % 7];
  return `every ${day} at ${two(Number(hour))}:${two(Number(minute))}`;
}

const two = (value: number) => String(value).padStart(2, "0");
