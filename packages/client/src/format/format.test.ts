import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatAge, formatDuration, speakDuration } from "./duration.ts";
import { formatEta, formatFinish, speakEta } from "./eta.ts";
import { formatPercent, formatRate, formatSize } from "./quantity.ts";
import { formatClock, formatMoment, formatTimecode } from "./timecode.ts";

const S = 1_000;
const M = 60 * S;
const H = 60 * M;

describe("durations", () => {
  test.each([
    [-5, "0.0 s"],
    [0, "0.0 s"],
    [1, "<0.1 s"],
    [99, "<0.1 s"],
    [420, "0.4 s"],
    [9_940, "9.9 s"],
    [9_999, "9.9 s"],
    [10_000, "10 s"],
    [59_400, "59 s"],
    [59_999, "59 s"],
    [60_000, "1 m 00 s"],
    [3 * M + 12 * S, "3 m 12 s"],
    [H, "1 h 00 m"],
    [2 * H + 5 * M, "2 h 05 m"],
    [24 * H, "1 d 0 h"],
    [102 * H, "4 d 6 h"],
  ])("%d ms is %s", (ms, text) => expect(formatDuration(ms)).toBe(text));

  test("no part ever shows 60", () => {
    fc.assert(fc.property(fc.nat(10 * 24 * H), (ms) => !/\b60\b/.test(formatDuration(ms))));
  });

  test.each([
    [1_000, "1 second"],
    [3 * M, "3 minutes"],
    [3 * M + 12 * S, "3 minutes 12 seconds"],
    [H + M, "1 hour 1 minute"],
    [49 * H, "2 days 1 hour"],
  ])("%d ms is said %s", (ms, text) => expect(speakDuration(ms)).toBe(text));

  test.each([
    [-1, "now"],
    [999, "now"],
    [12_000, "12 s ago"],
    [5 * M, "5 min ago"],
    [3 * H, "3 h ago"],
    [50 * H, "2 d ago"],
  ])("%d ms is %s", (ms, text) => expect(formatAge(ms)).toBe(text));
});

describe("what is left", () => {
  const eta = (eta_ms: number | null, eta_low_ms: number | null = null, eta_high_ms: number | null = null) => ({
    eta_ms,
    eta_low_ms,
    eta_high_ms,
  });
  test.each([
    ["nothing is known", eta(null), null, null],
    ["early, the range", eta(4 * M, 3 * M, 6 * M), "≈ 4 min (3–6)", "about 4 minutes left, between 3 and 6 minutes"],
    ["late, one number", eta(4 * M, 3.6 * M, 4.4 * M), "≈ 4 min", "about 4 minutes left"],
    ["without an interval", eta(4 * M), "≈ 4 min", "about 4 minutes left"],
    [
      "seconds in fives",
      eta(42 * S, 31 * S, 58 * S),
      "≈ 40 s (30–60)",
      "about 40 seconds left, between 30 and 60 seconds",
    ],
    [
      "one unit for all three",
      eta(150 * S, 90 * S, 4 * M),
      "≈ 2.5 min (1.5–4)",
      "about 2.5 minutes left, between 1.5 and 4 minutes",
    ],
    ["hours", eta(5.2 * H, 4 * H, 8.1 * H), "≈ 5 h (4–8)", "about 5 hours left, between 4 and 8 hours"],
    [
      "halves, where they matter",
      eta(2.4 * H, 2 * H, 4.1 * H),
      "≈ 2.5 h (2–4)",
      "about 2.5 hours left, between 2 and 4 hours",
    ],
    ["the range alone, from three times on", eta(5 * M, 3 * M, 9 * M), "≈ 3–9 min", "between 3 and 9 minutes left"],
    [
      "and under that both",
      eta(5 * M, 3 * M, 8.9 * M),
      "≈ 5 min (3–9)",
      "about 5 minutes left, between 3 and 9 minutes",
    ],
    ["never nothing at all", eta(100), "≈ 1 s", "about 1 second left"],
  ])("%s", (_, given, shown, said) => {
    expect(formatEta(given)).toBe(shown);
    expect(speakEta(given)).toBe(said);
  });

  const now = Date.parse("2026-11-21T14:00:00Z");
  test.each([
    ["narrow: by the upper end", eta(18 * M, 16 * M, 20 * M), "by 14:20"],
    ["wide: around the middle", eta(18 * M, 12 * M, 30 * M), "around 14:18"],
    ["who knows: from then to then", eta(18 * M, 8 * M, 40 * M), "between 14:08 and 14:40"],
    ["nothing known", eta(null), null],
  ])("%s", (_, given, text) => expect(formatFinish(given, now, "UTC")).toBe(text));
});

describe("quantities", () => {
  test.each([
    [0, "0 B"],
    [812, "812 B"],
    [999, "999 B"],
    [4_200_000, "4.2 MB"],
    [38_400_000, "38 MB"],
    [999_600, "1.0 MB"],
    [2e15, "2000 TB"],
  ])("%d bytes are %s", (bytes, text) => expect(formatSize(bytes)).toBe(text));

  test.each([
    [99.99, "99 %"],
    [100, "100 %"],
    [-3, "0 %"],
  ])("%d percent is %s", (percent, text) => expect(formatPercent(percent)).toBe(text));

  test.each([
    [0.42, "0.4"],
    [4.21, "4.2"],
    [38.4, "38"],
    [5_000, "5,000"],
  ])("a rate of %d is %s", (rate, text) => expect(formatRate(rate)).toBe(text));
});

describe("times", () => {
  test.each([
    [-1, "00:00:00"],
    [83_999, "00:01:23"],
    [H + 23 * M + 45 * S, "01:23:45"],
    [30 * H, "30:00:00"],
  ])("%d ms is at %s", (ms, text) => expect(formatTimecode(ms)).toBe(text));

  const at = Date.parse("2026-11-21T14:20:07Z");
  test("clock", () => {
    expect(formatClock(at, { timeZone: "UTC" })).toBe("14:20");
    expect(formatClock(at, { timeZone: "UTC", seconds: true })).toBe("14:20:07");
    expect(formatClock(at, { timeZone: "Asia/Tokyo" })).toBe("23:20");
  });

  test.each([
    ["today", "2026-11-21T23:59:00Z", "14:20"],
    ["this year", "2026-11-22T00:01:00Z", "21 Nov 14:20"],
    ["long ago", "2027-01-01T00:00:00Z", "21 Nov 2026"],
  ])("a moment of %s", (_, now, text) => expect(formatMoment(at, Date.parse(now), "UTC")).toBe(text));
});
