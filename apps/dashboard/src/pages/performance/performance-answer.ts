import { formatMoment } from "../../ui/times.ts";
import { addedMs, changeSentence, changeWord, mayHaveChanged, verdictOf } from "./change-words.ts";
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
  if (first === undefined) {
    const change = worstChange(compared, trends, range);
    if (change === null) return nothingSure(compared, range);
    const since = formatMoment(change.atMs, range.toMs, timeZone);
    return {
      said: `${spokenName(change.of)} ${changeSentence(change.change, "before")}`,
      more: `since ${since}`,
      tone: "bad",
    };
  }
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

/** Nothing is surely slower; what may be is named, since its figures stand below. */
function nothingSure(compared: readonly Comparison[], { before }: AnsweredRange): PerformanceAnswer {
  const [doubtful] = compared
    .filter((each) => mayHaveChanged(each) && (each.average_change ?? 0) > 0)
    .sort((a, b) => addedMs(b) - addedMs(a));
  if (doubtful === undefined) return { said: `As fast as ${before}`, more: "", tone: "good" };
  const more = `${spokenName(doubtful)} maybe: ${changeWord(doubtful.average_change)}`;
  return { said: `Nothing is surely slower than ${before}`, more, tone: "plain" };
}

/** A change that is smaller is told by its mark in the course alone. */
const TELLING_CHANGE = 0.1;

/**
 * What got slower in the midst of the range, so that the range as a whole does not say so; of several, where the calls since
 * then cost most.
 */
function worstChange(compared: readonly Comparison[], trends: readonly FunctionTrend[], range: AnsweredRange) {
  const changes = compared.flatMap((of) => {
    const atMs = changedAt({ ...of, average_change: 1 }, trends, range, TELLING_CHANGE);
    const trend = trends.find(({ category, name }) => category === of.category && name === of.name);
    const point = trend?.change_points.find(({ at_ms }) => at_ms === atMs);
    return atMs === null || point === undefined ? [] : [{ of, atMs, change: point.change }];
  });
  const costMs = ({ of, atMs, change }: (typeof changes)[number]) =>
    ((of.after?.total_ms ?? 0) * change * (range.toMs - atMs)) / (range.toMs - range.fromMs);
  return changes.sort((a, b) => costMs(b) - costMs(a))[0] ?? null;
}

/** When it last changed that way within the range; null where nobody knows. */
function changedAt(
  { category, name, average_change }: Comparison,
  trends: readonly FunctionTrend[],
  range: AnsweredRange,
  least = 0,
) {
  const trend = trends.find((each) => each.category === category && each.name === name);
  const points = (trend?.change_points ?? []).filter(
    ({ at_ms, change }) =>
      at_ms >= range.fromMs &&
      at_ms < range.toMs &&
      change > 0 === (average_change ?? 0) > 0 &&
      Math.abs(change) >= least,
  );
  return points.length === 0 ? null : Math.max(...points.map(({ at_ms }) => at_ms));
}

/** Steps are words of ours, and begin a sentence as such; other names stand as they are in the code. */
function spokenName({ category, name }: Comparison): string {
  return category === "step" ? name.charAt(0).toUpperCase() + name.slice(1) : name;
}
