import type { CallFigures } from "@playhead/core";
import { expect, test } from "vitest";
import { changeSentence, changeWord, mayHaveChanged, sureWord } from "./change-words.ts";
import { performanceAnswer } from "./performance-answer.ts";
import type { Comparison, FunctionTrend } from "./performance-api.ts";

const TO = Date.parse("2026-11-21T14:00:00Z");
const WEEK = { fromMs: TO - 7 * 86_400_000, toMs: TO, inWords: "in the last 7 days", before: "the week before" };

function figures(average_ms: number, count = 100): CallFigures {
  const rest = {
    error_count: 0,
    error_rate: 0,
    summarized_count: 0,
    min_ms: 0,
    max_ms: 0,
    total_ms: average_ms * count,
  };
  return { count, average_ms, ...rest, p50_ms: 0, p90_ms: 0, p95_ms: 0, p99_ms: 0 };
}

function changed(name: string, beforeMs: number, afterMs: number, more: Partial<Comparison> = {}): Comparison {
  const change = afterMs / beforeMs - 1;
  return {
    category: "function",
    name,
    before: figures(beforeMs),
    after: figures(afterMs),
    average_change: change,
    p95_change: change,
    p_value: 0.0001,
    is_significant: true,
    ...more,
  };
}

const since = (name: string, iso: string, change: number): FunctionTrend => ({
  category: "function",
  name,
  trend: "regressing",
  change_points: [{ at_ms: Date.parse(iso), before_ms: 1, after_ms: 2, change, p_value: 0 }],
});

test.each<{ name: string; functions: Comparison[]; trends?: FunctionTrend[]; said: string; tone: string }>([
  { name: "no calls", functions: [], said: "Nothing was called in the last 7 days", tone: "plain" },
  {
    name: "calls that there are no more",
    functions: [changed("gone", 1, 2, { after: null })],
    said: "Nothing was called in the last 7 days",
    tone: "plain",
  },
  {
    name: "nothing before",
    functions: [changed("f", 1, 2, { before: null, average_change: null, p_value: null, is_significant: false })],
    said: "Nothing to compare with yet; no calls before",
    tone: "plain",
  },
  {
    name: "something that may be slower, and may be chance",
    functions: [changed("f", 100, 119, { is_significant: false, p_value: 0.02 }), changed("g", 100, 101)],
    said: "Nothing is surely slower than the week before; f maybe: +19 %",
    tone: "plain",
  },
  {
    name: "nothing that is sure and large enough",
    functions: [changed("f", 100, 104), changed("g", 100, 150, { is_significant: false, p_value: 0.2 })],
    said: "As fast as the week before; ",
    tone: "good",
  },
  {
    name: "a change in the midst of the range, of which the range as a whole is not sure",
    functions: [changed("cheap", 1, 1), changed("renderClip", 1_000, 1_150, { is_significant: false })],
    trends: [
      since("cheap", "2026-11-18T14:00:00Z", 2),
      since("renderClip", "2026-11-18T14:00:00Z", 0.4),
      since("renderClip", "2026-11-16T14:00:00Z", -0.4),
    ],
    said: "renderClip is 40 % slower than before; since 18 Nov 14:00",
    tone: "bad",
  },
  {
    name: "a change that is too small to be told, or is for the better",
    functions: [changed("f", 100, 104), changed("g", 100, 99)],
    trends: [since("f", "2026-11-18T14:00:00Z", 0.07), since("g", "2026-11-18T14:00:00Z", -0.4)],
    said: "As fast as the week before; ",
    tone: "good",
  },
  {
    name: "what costs most, not what grew most; and since when",
    functions: [changed("small", 1, 3), changed("renderClip", 1_000, 1_180)],
    trends: [since("renderClip", "2026-11-17T14:00:00Z", 0.18), since("small", "2026-11-18T14:00:00Z", 2)],
    said: "renderClip is 18 % slower than the week before; since 17 Nov 14:00, and 1 more slower",
    tone: "bad",
  },
  {
    name: "a change the other way, or before the range, is not when it began",
    functions: [changed("f", 10, 25)],
    trends: [since("f", "2026-11-17T14:00:00Z", -0.1), since("f", "2026-10-01T00:00:00Z", 1.5)],
    said: "f takes 2.5 times as long as the week before; ",
    tone: "bad",
  },
  {
    name: "a step begins a sentence; what got faster is said where nothing got slower",
    functions: [changed("rendering", 100, 80, { category: "step" })],
    said: "Rendering is 20 % faster than the week before; ",
    tone: "good",
  },
])("of $name", ({ functions, trends = [], said, tone }) => {
  const answer = performanceAnswer(functions, trends, WEEK, "UTC");
  expect(answer.said + (answer.more === "" && !said.endsWith("; ") ? "" : `; ${answer.more}`)).toBe(said);
  expect(answer.tone).toBe(tone);
});

test.each([
  [0.18, "+18 %"],
  [-0.123, "−12 %"],
  [0.001, "0 %"],
  [2.2, "3.2 ×"],
  [null, "–"],
])("a change of %d is %s", (change, word) => expect(changeWord(change)).toBe(word));

test.each([
  [0, "very sure"],
  [0.005, "sure"],
  [0.02, "maybe"],
  [0.4, "may be chance"],
  [null, "too few calls"],
])("with p = %d it is %s", (p, word) => expect(sureWord(p)).toBe(word));

test.each([
  { name: "large, and hardly chance", more: { p_value: 0.02 }, may: true },
  { name: "large, and easily chance", more: { p_value: 0.2 }, may: false },
  { name: "of too few calls", more: { p_value: null }, may: false },
  { name: "too small to be noticed", afterMs: 104, more: { p_value: 0.02 }, may: false },
  { name: "sure, which is more than that", more: { p_value: 0.02, is_significant: true }, may: false },
])("a change that is $name may be one: $may", ({ afterMs = 119, more, may }) => {
  expect(mayHaveChanged(changed("f", 100, afterMs, { is_significant: false, ...more }))).toBe(may);
});

test("a change that is not sure is told as such", () => {
  expect([changeSentence(0.19, "before", false), changeSentence(1.5, "before", false)]).toEqual([
    "may be 19 % slower than before",
    "may take 2.5 times as long as before",
  ]);
});
