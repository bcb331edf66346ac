import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { factEvent, publicationOf, tickEvent } from "../../test/publications.ts";
import { TickPace } from "./tick-pace.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setup() {
  const passed: {
    readonly atMs: number;
    readonly seq: number;
    readonly tick: number | undefined;
    readonly slot: string | null;
  }[] = [];
  const startMs = Date.now();
  const pace = new TickPace(
    { nowMs: Date.now, everyMs: 250 },
    {
      pass(run) {
        for (const { seq, tick, slot } of run) passed.push({ atMs: Date.now() - startMs, seq, tick, slot });
      },
    },
  );
  let tick = 0;
  let seq = 1;
  return {
    pace,
    passed,
    tick: (taskId = "t") => pace.hear([publicationOf(tickEvent("j", seq, ++tick, taskId))]),
    fact: () => pace.hear([publicationOf(factEvent("j", ++seq))]),
  };
}

test("ticks that keep the pace pass at once, also when one is a little early", () => {
  const { tick, passed } = setup();
  for (const waitMs of [0, 250, 210, 290, 250]) {
    vi.advanceTimersByTime(waitMs);
    tick();
  }
  expect(passed.map(({ atMs }) => atMs)).toEqual([0, 250, 460, 750, 1_000]);
});

test("of ticks that come faster four a second pass, and the last of them does", () => {
  const { tick, passed } = setup();
  for (let at = 0; at < 100; at++) {
    tick();
    vi.advanceTimersByTime(20);
  }
  vi.advanceTimersByTime(1_000);
  expect(passed.length).toBeGreaterThanOrEqual(8);
  expect(passed.length).toBeLessThanOrEqual(10);
  expect(passed.at(-1)?.tick).toBe(100);
  expect(vi.getTimerCount()).toBe(0);
});

test("a fact waits for nothing, and what was kept passes before it", () => {
  const { tick, fact, passed } = setup();
  tick();
  tick();
  fact();
  expect(passed.map((each) => [each.seq, each.tick])).toEqual([
    [1, 1],
    [1, 2],
    [2, undefined],
  ]);
});

test("nothing passes after the end", () => {
  const { tick, pace, passed } = setup();
  tick();
  tick();
  pace.close();
  vi.advanceTimersByTime(1_000);
  expect([passed.length, vi.getTimerCount()]).toEqual([1, 0]);
});

test("a clock that is set back makes nobody wait longer", () => {
  const { tick, passed } = setup();
  tick();
  vi.setSystemTime(Date.now() - 3_600_000);
  tick();
  vi.advanceTimersByTime(250);
  expect(passed).toHaveLength(2);
});

test("whatever comes: numbers only grow, no fact is held, the last tick of each task passes, none more than its share", () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("tick" as const), task: fc.constantFrom("a", "b", "c") }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("fact" as const) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 300 }) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: "max" }), (steps) => {
      const { tick, fact, passed } = setup();
      const last = new Map<string, number>();
      let ticks = 0;
      let facts = 0;
      let elapsedMs = 0;
      for (const each of steps) {
        if (each.kind === "tick") {
          tick(each.task);
          last.set(each.task, ++ticks);
        } else if (each.kind === "fact") {
          fact();
          facts += 1;
          expect(passed.at(-1)?.tick).toBeUndefined();
        } else {
          vi.advanceTimersByTime(each.ms);
          elapsedMs += each.ms;
        }
      }
      vi.advanceTimersByTime(1_000);
      elapsedMs += 1_000;
      const numbers = passed.flatMap((each) => each.tick ?? []);
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      for (const [slot, number] of last) {
        const ofSlot = passed.filter((each) => each.slot === slot);
        expect(ofSlot.at(-1)?.tick).toBe(number);
        // One at the beginning, one that is early, and one for each fact that it may not stand behind.
        expect(ofSlot.length).toBeLessThanOrEqual(elapsedMs / 250 + 2 + facts);
      }
    }),
  );
});
