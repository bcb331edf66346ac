import { formatClock } from "@playhead/client/format";
import {
  type ReportFigure,
  type ReportKind,
  type ReportSchedule,
  type ReportUnit,
  reportComparisonText,
  reportValueText,
  type ToldRange,
} from "@playhead/core";
import { wallClock } from "../../ui/wall-clock.ts";

export const KIND_WORDS: Readonly<Record<ReportKind, string>> = {
  daily: "Daily",
  weekly: "Weekly",
  trend: "Trends",
  custom: "Custom",
};

/** A value as the report's files have it. */
export function valueText(value: string | number | null, unit: ReportUnit, timeZone: string): string {
  return reportValueText(value, unit, timeTextOf(timeZone));
}

/** How a figure stands to the period before: `12 % more than 368`. */
export function comparisonText(figure: ReportFigure, timeZone: string): string {
  return reportComparisonText(figure, figure.unit, timeTextOf(timeZone));
}

const timeTextOf = (timeZone: string) => (iso: string) => momentText(Date.parse(iso), timeZone);

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

/** How a span of a chart is called: by its hour, or by the day on which it begins. */
export function spanText({ from, to }: ToldRange, timeZone: string): string {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  return toMs - fromMs < SHORTEST_DAY_MS ? formatClock(fromMs, { timeZone }) : dayText(fromMs, timeZone, false);
}

/** From where to where a chart goes, for the two ends of its axis. */
export function axisText(spans: readonly ToldRange[], timeZone: string): readonly [from: string, to: string] | null {
  const [first, last] = [spans[0], spans.at(-1)];
  if (first === undefined || last === undefined) return null;
  const [fromMs, lastMs, toMs] = [first.from, last.from, last.to].map(Date.parse) as [number, number, number];
  // Of hours, each end with its time of day.
  if (toMs - lastMs < SHORTEST_DAY_MS) return [momentText(fromMs, timeZone), momentText(toMs, timeZone)];
  return [dayText(fromMs, timeZone), dayText(toMs - 1, timeZone)];
}

/** On which clocks go forward. */
const SHORTEST_DAY_MS = 23 * 3_600_000;

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
