import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NO_STEP, nextShare, percentWithin, type StepPlan, type StepShare } from "./step-share.ts";

const PLAN: StepPlan = [
  { step: "extracting_segment", weight: 1 },
  { step: "rendering", weight: 7 },
  { step: "uploading", weight: 2 },
];

describe("with a plan", () => {
  test.for<{ name: string; current: StepShare; step: string; percent: number; expected: StepShare }>([
    {
      name: "the first step",
      current: NO_STEP,
      step: "extracting_segment",
      percent: 0,
      expected: { start: 0, span: 10 },
    },
    {
      name: "the next",
      current: { start: 0, span: 10 },
      step: "rendering",
      percent: 4,
      expected: { start: 10, span: 70 },
    },
    {
      name: "one after a step left out",
      current: { start: 0, span: 10 },
      step: "uploading",
      percent: 10,
      expected: { start: 80, span: 20 },
    },
    {
      name: "a step nobody planned",
      current: { start: 10, span: 70 },
      step: "render_complete",
      percent: 50,
      expected: { start: 80, span: 0 },
    },
    {
      name: "one that comes again",
      current: { start: 80, span: 20 },
      step: "rendering",
      percent: 90,
      expected: { start: 10, span: 70 },
    },
  ])("$name", ({ current, step, percent, expected }) => {
    expect(nextShare(PLAN, current, step, percent)).toEqual(expected);
  });

  test("weights that are none count nothing; a plan without any is no plan", () => {
    const odd = [
      { step: "a", weight: Number.NaN },
      { step: "b", weight: 3 },
      { step: "c", weight: -1 },
    ];
    expect(nextShare(odd, NO_STEP, "b", 0)).toEqual({ start: 0, span: 100 });
    expect(nextShare([{ step: "a", weight: 0 }], NO_STEP, "a", 0)).toEqual({ start: 0, span: 50 });
  });
});

test("without a plan each step takes half of the rest", () => {
  const first = nextShare(null, NO_STEP, "a", 0);
  const second = nextShare(null, first, "b", 20);
  const third = nextShare(null, second, "c", 75);
  expect([first, second, third]).toEqual([
    { start: 0, span: 50 },
    { start: 50, span: 25 },
    { start: 75, span: 12.5 },
  ]);
});

test("property: shares stay within 0–100, whatever the steps and however far each got", () => {
  const plan = fc.option(
    fc.array(fc.record({ step: fc.constantFrom("a", "b", "c", "d"), weight: fc.double({ min: 0, max: 1e6 }) })),
  );
  const taken = fc.array(
    fc.tuple(fc.constantFrom("a", "b", "c", "d", "e"), fc.double({ noNaN: true, min: -1, max: 2 })),
  );
  fc.assert(
    fc.property(plan, taken, (steps, path) => {
      let share = NO_STEP;
      let percent = 0;
      for (const [step, fraction] of path) {
        share = nextShare(steps, share, step, percent);
        expect(share.start).toBeGreaterThanOrEqual(0);
        expect(share.start + share.span).toBeLessThanOrEqual(100 + 1e-9);
        percent = Math.max(percent, percentWithin(share, fraction));
        expect(percent).toBeLessThanOrEqual(100);
      }
    }),
  );
});
