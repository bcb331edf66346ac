import { expect, test } from "vitest";
import { createSchedule, type LeftItem, type StartLimits } from "./schedule.ts";

const FREE: StartLimits = { slots: 2, blockedSec: 0, rate: null, burst: Number.POSITIVE_INFINITY };
const item = (sec: number, changes: Partial<LeftItem> = {}): LeftItem => ({
  ...{ sec, contention: 0, isRunning: false, phase: 0 },
  ...changes,
});
const running = { isRunning: true };
/** One for all: what was asked before is forgotten. */
const scheduleSec = createSchedule();

test.each([
  { name: "nothing", items: [], limits: FREE, sec: 0 },
  { name: "four alike on two slots", items: [item(5), item(5), item(5), item(5)], limits: FREE, sec: 10 },
  { name: "a long one at the end", items: [item(4), item(4), item(4), item(9)], limits: FREE, sec: 13 },
  { name: "what runs goes on", items: [item(1, running), item(7, running), item(5)], limits: FREE, sec: 7 },
  { name: "a phase waits for the one before", items: [item(3), item(6), item(2, { phase: 1 })], limits: FREE, sec: 8 },
  {
    name: "phases one after the other, each on all slots",
    items: [item(3), item(3), item(2, { phase: 1 }), item(4, { phase: 1 }), item(1, { phase: 2 })],
    limits: FREE,
    sec: 8,
  },
  {
    name: "what runs though its phase has not come is in nobody's way",
    items: [item(9, { phase: 1, isRunning: true }), item(3)],
    limits: FREE,
    sec: 9,
  },
  {
    name: "two in each other's way take as long as one after the other",
    items: [item(5, { contention: 1 }), item(5, { contention: 1 })],
    limits: FREE,
    sec: 10,
  },
  { name: "nothing begins while held back", items: [item(2), item(2)], limits: { ...FREE, blockedSec: 4 }, sec: 6 },
  {
    name: "one start in two seconds",
    items: [item(1), item(1), item(1)],
    limits: { ...FREE, rate: 0.5, burst: 0 },
    sec: 5,
  },
  {
    name: "a burst first",
    items: [item(1), item(1), item(1)],
    limits: { ...FREE, slots: 3, rate: 0.1, burst: 3 },
    sec: 1,
  },
])("$name: $sec s", ({ items, limits, sec }) => {
  expect(scheduleSec(items, limits)).toBeCloseTo(sec, 6);
});
