import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createJobClock } from "./job-clock.ts";

const S = 1_000;
const HOUR = 3_600 * S;

/** A clock whose job runs from 0 on. */
function running(beganMs = 0, heardMs = beganMs) {
  const clock = createJobClock();
  clock.at(beganMs, heardMs);
  clock.run(true);
  return clock;
}

describe("active time", () => {
  test("is without pauses, and goes on while nothing is heard", () => {
    const clock = running();
    expect(clock.at(10 * S, 10 * S)).toBe(10);
    clock.run(false);
    expect(clock.at(70 * S, 70 * S)).toBe(10);
    expect(clock.ask(100 * S)).toBe(10);
    clock.run(true);
    expect(clock.at(75 * S, 75 * S)).toBe(15);
    expect(clock.ask(80 * S)).toBe(20);
    expect(clock.ask(80 * S)).toBe(20);
  });

  test.each([
    { name: "behind by an hour", offMs: -HOUR },
    { name: "ahead by an hour", offMs: HOUR },
    { name: "some milliseconds late", offMs: -40 },
  ])("is right when the worker's clock is $name", ({ offMs }) => {
    const clock = running(offMs, 0);
    expect(clock.at(10 * S + offMs, 10 * S)).toBe(10);
    expect(clock.ask(12 * S)).toBe(12);
  });

  test("is that of the events, when they come all at once after the worker was cut off", () => {
    const clock = running(0, 600 * S);
    expect(clock.at(300 * S, 600 * S)).toBe(300);
    expect(clock.at(600 * S, 600 * S)).toBe(600);
    expect(clock.ask(601 * S)).toBe(601);
  });

  test.each([
    {
      name: "the worker's clock is set forward",
      events: [
        [HOUR, 10 * S],
        [HOUR + 5 * S, 15 * S],
      ],
      is: 5,
    },
    {
      name: "the worker's clock is set back",
      events: [
        [10 * S, 10 * S],
        [-HOUR, 11 * S],
        [5 * S - HOUR, 16 * S],
      ],
      is: 15,
    },
    {
      name: "events are out of order",
      events: [
        [10 * S, 10 * S],
        [9 * S, 10 * S],
        [11 * S, 11 * S],
      ],
      is: 11,
    },
  ])("counts no second that was not when $name", ({ events, is }) => {
    const clock = running();
    for (const [eventMs, heardMs] of events as [number, number][]) clock.at(eventMs, heardMs);
    const lastHeardMs = events.at(-1)?.[1] ?? 0;
    expect(clock.ask(lastHeardMs)).toBe(is);
  });

  test("never goes back, whatever clocks do", () => {
    const step = fc.record({
      eventMs: fc.integer({ min: -1e12, max: 1e12 }),
      heardMs: fc.option(fc.integer({ min: -1e12, max: 1e12 })),
      isRunning: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const clock = createJobClock();
        let before = 0;
        for (const { eventMs, heardMs, isRunning } of steps) {
          const now = clock.at(eventMs, heardMs);
          expect(now).toBeGreaterThanOrEqual(before);
          expect(clock.ask(heardMs ?? eventMs)).toBeGreaterThanOrEqual(now);
          clock.run(isRunning);
          before = now;
        }
      }),
    );
  });
});
