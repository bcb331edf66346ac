import { formatMoment } from "../../ui/times.ts";
import { addedMs, changeSentence, verdictOf } from "./change-words.ts";
import type { Comparison, FunctionTrend } from "./performance-api.ts";

/** The page's one line, in two parts: what it is about, and what came of it. */
export interface PerformanceAnswer {
  readonly said: string;
  /** What stands after it, less loud. */
  readonly more: string;
  readonly tone: "bad" | "good" | "plain";
}

export interface AnsweredRange {
  readonly fromMs: number;
  readonly toMs: number;
  /** `in the last 7 days`, `the week before`. */
  readonly inWords: string;
  readonly before: string;
}

/** Says what got slower or faster, the most first, and since when if that is known. */
export function performanceAnswer(
  functions: readonly Comparison[],
  trends: readonly FunctionTrend[],
  range: AnsweredRange,
  timeZone?: string,
): PerformanceAnswer {
  const called = functions.filter(({ after }) => after !== null);
  if (called.length === 0) return { said: `Nothing was called ${range.inWords}`, more: "", tone: "plain" };
  const compared = called.filter(({ before }) => before !== null);
  if (compared.length === 0) {
    return { said: "Nothing to compare with yet", more: "no calls before", tone: "plain" };
  }
  const slower = compared.filter((each) => verdictOf(each) === "slower").sort((a, b) => addedMs(b) - addedMs(a));
  const faster = compared.filter((each) => verdictOf(each) === "faster").sort((a, b) => addedMs(a) - addedMs(b));
  const first = slower[0] ?? faster[0];
  if (first === undefined) return { said: `As fast as ${range.before}`, more: "", tone: "good" };
  const isWorse = slower.length > 0;
  const others = (isWorse ? slower : faster).length - 1;
  const sinceMs = changedAt(first, trends, range);
  const parts = [
    sinceMs === null ? null : `since ${formatMoment(sinceMs, range.toMs, timeZone)}`,
    others > 0 ? `and ${others} more ${isWorse ? "slower" : "faster"}` : null,
    isWorse && faster.length > 0 ? `${faster.length} faster` : null,
  ];
  return {
    said: `${spokenName(first)} ${changeSentence(first.average_change ?? 0, range.before)}`,
    more: parts.filter((part) => part !== null).join(", "),
    tone: isWorse ? "bad" : "good",
  };
}

/** When it last changed that way within the range; null where nobody knows. */
function changedAt(
  { category, name, average_change }: Comparison,
  trends: readonly FunctionTrend[],
  range: AnsweredRange,
) {
  const trend = trends.find((each) => each.category === category && each.name === name);
  const points = (trend?.change_points ?? []).filter(
    ({ at_ms, change }) => at_ms >= range.fromMs && at_ms < range.toMs && change > 0 === (average_change ?? 0) > 0,
  );
  return points.length === 0 ? null : Math.max(...points.map(({ at_ms }) => at_ms));
}

/** Steps are words of ours, and begin a sentence as such; other names stand as they are in the code. */
function spokenName({ category, name }: Comparison): string {
  return category === "step" ? name.charAt(0).toUpperCase() + name.slice(1) : name;
}
