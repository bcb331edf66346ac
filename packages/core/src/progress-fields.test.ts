import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyIntents, play } from "../test-support/legal-history.ts";
import type { JsonObject } from "./json.ts";
import { NO_PROGRESS, readProgress } from "./progress-fields.ts";

const TICKED = ["percent_complete", "items_per_minute", "eta_ms", "eta_low_ms", "eta_high_ms", "estimated_completion"];

describe("reading progress", () => {
  test("I27: what is read has the right name and type, whatever comes", () => {
    const anyData = fc.dictionary(
      fc.oneof(fc.constantFrom(...Object.keys(NO_PROGRESS)), fc.string()),
      fc.oneof(fc.jsonValue(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1, 1e9)),
    ) as fc.Arbitrary<JsonObject>;
    fc.assert(
      fc.property(anyData, fc.constantFrom("ticked" as const, "all" as const), (data, fields) => {
        for (const [name, value] of Object.entries(readProgress(data, fields))) {
          expect(fields === "all" ? Object.keys(NO_PROGRESS) : TICKED).toContain(name);
          if (name === "percent_complete") expect(value).toBe(Math.min(100, Math.max(0, data[name] as number)));
          else expect(value).toBe(data[name]);
          if (typeof value === "number") expect(value).toBeGreaterThanOrEqual(0);
          else if (value === null) expect(NO_PROGRESS[name as keyof typeof NO_PROGRESS]).toBeNull();
          else expect(typeof value).toBe(name === "rate_limited" ? "boolean" : "string");
        }
      }),
      { numRuns: 400 },
    );
  });

  test("I27: what the server says is read whole", () => {
    fc.assert(
      fc.property(anyIntents(40), (intents) => {
        const { progress } = play(intents).job;
        const told = JSON.parse(JSON.stringify(progress));
        expect(readProgress(told, "all")).toStrictEqual(progress);
        expect(Object.keys(readProgress(told, "ticked"))).toEqual(TICKED);
      }),
      { numRuns: 100 },
    );
  });
});
