import { TASK_STATES, type Task } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { declareScenes, jobStory } from "../../test/job-story.ts";
import { fitRows } from "./fit-rows.ts";
import { RANKS, type Row, rowsOf } from "./job-rows.ts";

const [sample] = rowsOf(declareScenes(jobStory(), 1, []).job().tasks);
const task = (index: number, state: Task["state"]): Task => ({ ...(sample as Row).task, task_id: `t${index}`, state });

const anyRows = fc
  .array(fc.record({ rank: fc.nat(RANKS - 1), depth: fc.nat(2), state: fc.constantFrom(...TASK_STATES) }), {
    maxLength: 60,
  })
  .map((rows) =>
    rows.map(({ rank, depth, state }, index): Row => ({ rank, depth, children: [], task: task(index, state) })),
  );

test("every row is shown, or counted in a fold, in its place; and all of it fits", () => {
  fc.assert(
    fc.property(anyRows, fc.integer({ min: 1, max: 30 }), (rows, height) => {
      const shown = fitRows(rows, height);
      expect(shown.length).toBeLessThanOrEqual(height);
      expect(shown.flatMap((each) => ("hidden" in each ? each.hidden : [each]))).toEqual(rows);
    }),
  );
});

test("what is shown is worth at least as much as what is folded, apart from rows that a fold would not save", () => {
  const rows = [5, 5, 5, 0, 2, 2, 4, 4, 4].map(
    (rank, index): Row => ({ rank, depth: 0, children: [], task: task(index, "pending") }),
  );
  expect(fitRows(rows, 5).map((each) => ("hidden" in each ? each.hidden.map(({ rank }) => rank) : each.rank))).toEqual([
    [5, 5, 5],
    0,
    2,
    2,
    [4, 4, 4],
  ]);
});

test("no height, no rows", () => {
  expect(fitRows([sample as Row], 0)).toEqual([]);
});
