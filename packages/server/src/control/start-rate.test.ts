import { emptyJob } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createStartRate } from "./start-rate.ts";

const job = (jobId: string) => ({ ...emptyJob(jobId), kind: "clips" });

test("property: within any minute no more begin than may, and as many as may", () => {
  const asks = fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 60 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), asks, (most, pauses) => {
      let nowMs = 0;
      const rate = createStartRate({ maxPerMinute: () => new Map([["clips", most]]), nowMs: () => nowMs });
      const begun: number[] = [];
      for (const [at, pauseMs] of pauses.entries()) {
        nowMs += pauseMs;
        const lately = begun.filter((atMs) => atMs > nowMs - 60_000);
        expect(rate.waitMs("clips") === 0).toBe(lately.length < most);
        if (rate.waitMs("clips") > 0) continue;
        begun.push(nowMs);
        rate.note(job(`j${at}`));
      }
    }),
  );
});

test("a limit that is taken away, lowered or raised holds at once", () => {
  const limits = new Map([["clips", 2]]);
  const rate = createStartRate({ maxPerMinute: () => limits, nowMs: () => 0 });
  rate.note(job("a"));
  expect(rate.waitMs("clips")).toBe(0);
  limits.set("clips", 1);
  expect(rate.waitMs("clips")).toBe(60_000);
  limits.set("clips", 2);
  rate.note(job("b"));
  expect(rate.waitMs("clips")).toBe(60_000);
  rate.forget(job("a"));
  expect(rate.waitMs("clips")).toBe(0);
  limits.delete("clips");
  rate.note(job("c"));
  expect(rate.waitMs("clips")).toBe(0);
});
