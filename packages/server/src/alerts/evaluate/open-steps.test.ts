import fc from "fast-check";
import { expect, test } from "vitest";
import { createOpenSteps } from "./open-steps.ts";

const key = fc.integer({ min: 0, max: 5 }).map((number) => `clip_${number}`);
const change = fc.oneof(
  fc.record({ key, sinceMs: fc.option(fc.integer({ min: 0, max: 50 })) }),
  fc.record({ key, sinceMs: fc.constant(null) }),
);

test("whatever begins, begins again and ends: the oldest is that of those under way", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 300 }), (changes) => {
      const steps = createOpenSteps();
      const expected = new Map<string, number>();
      for (const { key, sinceMs } of changes) {
        if (sinceMs === null) {
          steps.end(key);
          expected.delete(key);
        } else {
          steps.begin(key, sinceMs);
          expected.set(key, sinceMs);
        }
        expect(steps.size).toBe(expected.size);
        expect(steps.oldestMs()).toBe(expected.size === 0 ? null : Math.min(...expected.values()));
      }
    }),
  );
});
