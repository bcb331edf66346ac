import { expect, test } from "vitest";
import type { ItemState } from "./simulation.ts";
import { createSlotCount } from "./slot-count.ts";

/** Four items of one phase; the steps say which goes over to what. */
function countAfter(
  steps: readonly (readonly [item: number, to: ItemState])[],
  told: number | null,
  past: number | null,
) {
  const slots = createSlotCount(told, past);
  const items = [0, 1, 2, 3].map(() => ({ phase: 0, state: "waiting" as ItemState }));
  for (const item of items) slots.added(item);
  for (const [at, to] of steps) {
    const item = items[at] as (typeof items)[number];
    slots.moved(item, to);
    item.state = to;
  }
  return slots.count();
}

test.each([
  { name: "at first, as in past jobs", steps: [], told: null, past: 3, count: 3 },
  { name: "or one", steps: [], told: null, past: null, count: 1 },
  {
    name: "as many as are seen at once",
    steps: [
      [0, "running"],
      [1, "running"],
    ],
    told: null,
    past: null,
    count: 2,
  },
  { name: "there may yet come more", steps: [[0, "running"]], told: null, past: 3, count: 3 },
  {
    name: "no more, once one ends that others wait for",
    steps: [
      [0, "running"],
      [0, "done"],
    ],
    told: null,
    past: 3,
    count: 1,
  },
  {
    name: "what is told counts",
    steps: [
      [0, "running"],
      [1, "running"],
    ],
    told: 4,
    past: 3,
    count: 4,
  },
] as const)("$name: $count", ({ steps, told, past, count }) => {
  expect(countAfter(steps, told, past)).toBe(count);
});
