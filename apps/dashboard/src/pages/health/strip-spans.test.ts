import type { HealthHistory, HealthStatus } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { stripSpans, stripWords } from "./strip-spans.ts";

const START = Date.parse("2026-11-21T10:00:00Z");
const MINUTE = 60_000;
const at = (minute: number) => START + minute * MINUTE;
const iso = (minute: number) => new Date(at(minute)).toISOString();

/** A history of one component over an hour, by the minutes of its runs. */
function historyOf(runs: readonly (readonly [minute: number, status: HealthStatus])[]): HealthHistory {
  return {
    from: iso(0),
    to: iso(60),
    runs: runs.map(([minute, status]) => ({ timestamp: iso(minute), overall_status: status, statuses: { a: status } })),
    changes: [],
  };
}

describe("a strip", () => {
  test.each<{
    name: string;
    runs: readonly (readonly [number, HealthStatus])[];
    spans: readonly (readonly [HealthStatus, number, number])[];
    words: string;
  }>([
    { name: "of nothing", runs: [], spans: [], words: "nobody looked" },
    {
      name: "joins what is alike, up to now",
      runs: [5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55].map((minute) => [minute, "healthy"]),
      spans: [["healthy", 5, 60]],
      words: "well all the time",
    },
    {
      name: "changes where a run found it changed",
      runs: [
        [0, "healthy"],
        [15, "critical"],
        [30, "warning"],
        [45, "healthy"],
      ],
      spans: [
        ["healthy", 0, 15],
        ["critical", 15, 30],
        ["warning", 30, 45],
        ["healthy", 45, 60],
      ],
      words: "not working for 15 m 00 s, needed a look for 15 m 00 s",
    },
    {
      name: "is empty where nobody looked for long",
      runs: [
        [0, "healthy"],
        [5, "healthy"],
        [10, "healthy"],
        [50, "healthy"],
      ],
      spans: [
        ["healthy", 0, 25],
        ["healthy", 50, 60],
      ],
      words: "well all the time",
    },
  ])("$name", ({ runs, spans, words }) => {
    const found = stripSpans(historyOf(runs), "a");
    expect(found).toEqual(spans.map(([status, from, to]) => ({ status, fromMs: at(from), toMs: at(to) })));
    expect(stripWords(found)).toBe(words);
    expect(stripSpans(historyOf(runs), "b")).toEqual([]);
  });
});
