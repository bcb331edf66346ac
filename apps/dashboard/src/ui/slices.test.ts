import { expect, test } from "vitest";
import { atOnce, inSlices, type Sliced } from "./slices.ts";

/** So many steps, each of which takes so long. */
function setup(steps: number, stepMs: number) {
  let nowMs = 1_000;
  const pausedAtMs: number[] = [];
  function* count(): Sliced<number> {
    for (let step = 1; step < steps; step += 1) {
      nowMs += stepMs;
      yield;
    }
    return steps;
  }
  return {
    work: count(),
    pausedAtMs,
    slicing: {
      nowMs: () => nowMs,
      pause: async () => void pausedAtMs.push(nowMs - 1_000),
      isOver: () => false,
    },
  };
}

test("long work pauses after each slice, and comes to what it comes to at once", async () => {
  const { work, slicing, pausedAtMs } = setup(20, 1);
  expect(await inSlices(work, slicing)).toBe(20);
  expect(pausedAtMs).toEqual([8, 16]);
  expect(atOnce(setup(20, 1).work)).toBe(20);
});

test("short work is done without a pause", async () => {
  const { work, slicing, pausedAtMs } = setup(5, 1);
  expect(await inSlices(work, slicing)).toBe(5);
  expect(pausedAtMs).toEqual([]);
});

test("what nobody wants any more ends with the slice", async () => {
  const { work, slicing, pausedAtMs } = setup(20, 1);
  expect(await inSlices(work, { ...slicing, isOver: () => pausedAtMs.length === 1 })).toBeNull();
  expect(pausedAtMs).toEqual([8]);
});
