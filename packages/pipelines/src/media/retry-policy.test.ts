import { readFileSync } from "node:fs";
import { isErrorCode, PlayheadError } from "@playhead/sdk";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decideRetry, MOST_RETRY_AFTER_MS, RETRY_BY_CLASS, RETRY_BY_CODE, type RetryRule } from "./retry-policy.ts";

const PAGE = readFileSync(new URL("../../../../docs/workers.md", import.meta.url), "utf8");
const late = () => 1;
const early = () => 0;

test.each([
  { name: "a killed ffmpeg", error: new PlayheadError("ffmpeg_killed", "x"), waits: [500, 1_000] },
  { name: "one that took too long", error: new PlayheadError("ffmpeg_timeout", "x"), waits: [500] },
  { name: "the network", error: new PlayheadError("network_failed", "x"), waits: [1_000, 2_000, 4_000, 8_000] },
  { name: "a full disk", error: new PlayheadError("disk_full", "x"), waits: [] },
  { name: "a bad input", error: new PlayheadError("input_not_media", "x"), waits: [] },
  { name: "a defect of ours", error: new PlayheadError("filter_invalid", "x"), waits: [] },
  { name: "a cancel", error: new PlayheadError("canceled", "x"), waits: [] },
  {
    name: "one that is said to pass, though its class does not",
    error: new PlayheadError("output_invalid", "x", { retryable: true }),
    waits: [500, 1_000],
  },
  {
    name: "one that is said not to pass",
    error: new PlayheadError("network_failed", "x", { retryable: false }),
    waits: [],
  },
  {
    name: "Retry-After, where it is longer",
    error: new PlayheadError("provider_failed", "x", { detail: { retry_after_ms: 3_000 } }),
    waits: [3_000, 3_000, 4_000],
  },
  {
    name: "a Retry-After that nobody waits for",
    error: new PlayheadError("rate_limited", "x", { detail: { retry_after_ms: MOST_RETRY_AFTER_MS + 1 } }),
    waits: [],
  },
])("$name", ({ error, waits }) => {
  const got: number[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const decision = decideRetry(error, attempt, late);
    if (!decision.isRetried) break;
    got.push(decision.waitMs);
  }
  expect(got).toEqual(waits);
});

test("chance shortens a wait by half at most; never what somebody asked for", () => {
  const failed = new PlayheadError("network_failed", "x");
  expect(decideRetry(failed, 1, early)).toEqual({ isRetried: true, waitMs: 500, attempts: 5 });
  const asked = new PlayheadError("network_failed", "x", { detail: { retry_after_ms: 900 } });
  expect(decideRetry(asked, 1, early)).toMatchObject({ waitMs: 900 });
});

test("property: every wait is bounded, and every error runs out of attempts", () => {
  const codes = Object.keys(RETRY_BY_CODE).filter(isErrorCode);
  fc.assert(
    fc.property(
      fc.constantFrom(...codes),
      fc.nat(30),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (code, n, chance) => {
        const decision = decideRetry(new PlayheadError(code, "x"), n + 1, () => chance);
        if (!decision.isRetried) return;
        expect(n + 1).toBeLessThan(decision.attempts);
        expect(decision.waitMs).toBeGreaterThan(0);
        expect(decision.waitMs).toBeLessThanOrEqual(60_000);
      },
    ),
  );
  expect(decideRetry(new PlayheadError("rate_limited", "x"), 20, late).isRetried).toBe(false);
});

test("docs/workers.md has the policy as it is", () => {
  const sec = (ms: number) => `${ms / 1_000} s`;
  const row = (name: string, { attempts, firstWaitMs, factor, maxWaitMs }: RetryRule) =>
    attempts === 1
      ? `| ${name} | 1 | – | – | – |`
      : `| ${name} | ${attempts} | ${sec(firstWaitMs)} | × ${factor} | ${sec(maxWaitMs)} |`;
  const rows = [
    ...Object.entries(RETRY_BY_CODE).map(([code, rule]) => row(`\`${code}\``, rule)),
    ...Object.entries(RETRY_BY_CLASS).map(([name, rule]) => row(`${name}, any other`, rule)),
  ];
  const table = PAGE.slice(PAGE.indexOf("| error | attempts |")).split("\n\n")[0] ?? "";
  expect(table.trim().split("\n").slice(2)).toEqual(rows);
});
