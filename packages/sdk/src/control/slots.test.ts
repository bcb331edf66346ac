import { PlayheadError } from "@playhead/core";
import { expect, test } from "vitest";
import { createSlots } from "./slots.ts";

test("first come, first served", async () => {
  const slots = createSlots(2);
  expect(slots.acquire()).toBeNull();
  expect(slots.acquire()).toBeNull();
  const order: number[] = [];
  const third = slots.acquire()?.then(() => order.push(3));
  const fourth = slots.acquire()?.then(() => order.push(4));
  slots.release();
  await third;
  expect(order).toEqual([3]);
  slots.release();
  await fourth;
  expect(order).toEqual([3, 4]);
  slots.release();
  slots.release();
  expect(slots.acquire()).toBeNull();
});

test("there may be no end of them", () => {
  const slots = createSlots(Number.POSITIVE_INFINITY);
  for (let i = 0; i < 1_000; i += 1) expect(slots.acquire()).toBeNull();
});

test.for([0, -1, 0.5, Number.NaN, Number.NEGATIVE_INFINITY])("%s is no number of slots", (size) => {
  expect(() => createSlots(size)).toThrow(PlayheadError);
});
