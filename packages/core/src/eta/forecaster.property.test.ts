import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createForecastHistory } from "./forecast-history.ts";
import { createJobForecaster } from "./forecaster.ts";
import { createShownEta } from "./shown-eta.ts";
import { createSteadyPercent } from "./steady-percent.ts";

const traits = fc.record({
  kind: fc.constantFrom("render", "upload"),
  style: fc.constantFrom(null, "split", "original"),
  content: fc.constantFrom(null, "scene_1", "scene_2"),
  sizes: fc.record(
    { frames: fc.integer({ min: 0, max: 100_000 }), bytes: fc.integer({ min: 1, max: 1_000_000_000 }) },
    { requiredKeys: [] },
  ),
});
/** What happens next, whatever is possible then. */
const step = fc.record({
  what: fc.constantFrom("start", "start", "progress", "progress", "end", "end", "fail", "find", "limit", "wait"),
  afterSec: fc.double({ min: 0, max: 300, noNaN: true }),
  pick: fc.nat(1_000),
  fraction: fc.double({ min: 0, max: 1, noNaN: true }),
});
const job = fc.record({
  items: fc.array(traits, { minLength: 1, maxLength: 12 }),
  steps: fc.array(step, { maxLength: 40 }),
  slots: fc.integer({ min: 1, max: 4 }),
});
type Job = typeof job extends fc.Arbitrary<infer Value> ? Value : never;

/** Runs a job, and forecasts after each step. */
function run({ items, steps, slots }: Job, history = createForecastHistory()) {
  const forecaster = createJobForecaster({ history, template: "clips", slots });
  for (const item of items) forecaster.add(item);
  forecaster.begun();
  const waiting = items.map((_, item) => item);
  const running: number[] = [];
  let known = items.length;
  let activeSec = 0;
  const forecasts = steps.map(({ what, afterSec, pick, fraction }) => {
    activeSec += afterSec;
    const at = pick % Math.max(1, running.length);
    const item = running[at];
    if (what === "start" && waiting.length > 0) {
      running.push(waiting[0] as number);
      forecaster.started(waiting.shift() as number, activeSec);
    } else if (what === "find") {
      forecaster.add(items[pick % items.length] as Job["items"][number]);
      waiting.push(known++);
    } else if (what === "limit") forecaster.limited(activeSec, activeSec + afterSec);
    else if (item !== undefined && what === "progress") forecaster.progressed(item, fraction, activeSec);
    else if (item !== undefined && (what === "end" || what === "fail")) {
      running.splice(at, 1);
      if (what === "fail") waiting.unshift(item);
      forecaster[what === "end" ? "ended" : "failed"](item, activeSec);
    }
    return { activeSec, ...forecaster.forecast(activeSec) };
  });
  forecaster.finish(activeSec);
  return { forecasts, history };
}

describe("whatever a job does", () => {
  test("its forecast is finite, not negative, and within its interval", () => {
    fc.assert(
      fc.property(fc.array(job, { minLength: 1, maxLength: 3 }), (jobs) => {
        const history = createForecastHistory();
        for (const { forecasts } of jobs.map((each) => run(each, history)))
          for (const { leftSec, lowSec, highSec } of forecasts) {
            for (const sec of [leftSec, lowSec, highSec]) expect(Number.isFinite(sec)).toBe(true);
            expect(lowSec).toBeGreaterThanOrEqual(0);
            expect(lowSec).toBeLessThanOrEqual(leftSec);
            expect(leftSec).toBeLessThanOrEqual(highSec);
          }
      }),
      { numRuns: 60 },
    );
  });

  test("what comes later changes nothing that was said before", () => {
    fc.assert(
      fc.property(job, fc.nat(40), (whole, cut) => {
        const before = run({ ...whole, steps: whole.steps.slice(0, cut) }).forecasts;
        expect(run(whole).forecasts.slice(0, before.length)).toEqual(before);
      }),
      { numRuns: 40 },
    );
  });

  test("a history that was stored as JSON forecasts as the one it was made of", () => {
    fc.assert(
      fc.property(job, job, (first, second) => {
        const { history } = run(first);
        const read = createForecastHistory(JSON.parse(JSON.stringify(history.stored())));
        expect(run(second, read).forecasts).toEqual(run(second, history).forecasts);
      }),
      { numRuns: 30 },
    );
  });

  test("what is shown lies within the interval; the bar never falls, and stands still only while nobody is heard of", () => {
    const forecast = fc.record({
      stepSec: fc.double({ min: 0.5, max: 100, noNaN: true }),
      sec: fc.tuple(...[0, 1, 2].map(() => fc.double({ min: 0, max: 1e6, noNaN: true }))),
      isAlive: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(forecast, { maxLength: 50 }), (all) => {
        const shown = createShownEta();
        const bar = createSteadyPercent();
        let activeSec = 0;
        let before = 0;
        for (const { stepSec, sec, isAlive } of all) {
          activeSec += stepSec;
          const [lowSec = 0, leftSec = 0, highSec = 0] = sec.toSorted((a, b) => a - b);
          const told = shown.show(activeSec, { leftSec, lowSec, highSec });
          expect(told.leftSec).toBeGreaterThanOrEqual(lowSec - 1e-6);
          expect(told.leftSec).toBeLessThanOrEqual(highSec + 1e-6);
          const share = bar.at(activeSec, told.leftSec, isAlive);
          expect(share).toBeLessThan(1);
          expect(share).toBeGreaterThanOrEqual(before);
          if (isAlive && before < 0.9999) expect(share).toBeGreaterThan(before);
          before = share;
        }
      }),
    );
  });
});

test("a job of many items teaches no more than a hundred of them, from all of its time", () => {
  const history = createForecastHistory();
  const forecaster = createJobForecaster({ history, template: "bulk", slots: 1 });
  const item = { kind: "video", style: null, content: null, sizes: {} };
  for (let at = 0; at < 1_000; at++) {
    forecaster.add(item);
    forecaster.started(at, at * 10);
    forecaster.ended(at, at * 10 + 10);
  }
  forecaster.finish(10_000);
  expect(history.model.noiseOf("video").weight).toBeLessThanOrEqual(4 + 100);
  const next = createJobForecaster({ history, template: "bulk", slots: 1 });
  for (let at = 0; at < 6; at++) next.add(item);
  next.begun();
  const { leftSec } = next.forecast(0);
  expect(Math.abs(Math.log(leftSec / 60))).toBeLessThan(0.2);
});
