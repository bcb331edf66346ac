import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JOB_ID } from "../test-support/ledger.ts";
import { anyIntents, play } from "../test-support/legal-history.ts";
import { createNaiveTree, naiveLeft } from "../test-support/naive-progress.ts";
import { fold } from "./fold.ts";
import type { Task } from "./job.ts";
import { emptyJob } from "./job-draft.ts";
import { createProgressTree, type ProgressTree } from "./progress-tree.ts";
import type { TaskState } from "./task-state.ts";

const { tasks: _, ...BLANK } = { ...emptyJob(JOB_ID) };

function taskOf(task_id: string, more: Partial<Task> = {}): Task {
  return {
    task_id,
    parent_id: null,
    kind: "clip",
    title: task_id,
    weight: null,
    fields: {},
    state: "processing",
    percent_complete: 0,
    step: null,
    steps: [],
    details: null,
    attempt: 1,
    artifacts: [],
    error: null,
    reason: null,
    created_at: BLANK.created_at,
    started_at: null,
    ended_at: null,
    child_count: 0,
    ...more,
  };
}

/** The tasks of a random tree, parents before children. */
const anyTree = (weights: fc.Arbitrary<number | null>): fc.Arbitrary<readonly Task[]> =>
  fc
    .array(fc.record({ parent: fc.nat(), weight: weights, nested: fc.boolean() }), { minLength: 1, maxLength: 25 })
    .map((nodes) =>
      nodes.map(({ parent, weight, nested }, index) =>
        taskOf(`t${index}`, { weight, parent_id: nested && index > 0 ? `t${parent % index}` : null }),
      ),
    );

/** Weights of all kinds, as long as a double can tell a share from nothing. */
const saneWeight = fc.oneof(
  fc.constant(null),
  fc.integer({ min: 1, max: 1_000 }),
  fc.double({ min: 0.01, max: 1e4, noNaN: true }),
);

const leavesOf = (tasks: readonly Task[]) =>
  tasks.filter(({ task_id }) => !tasks.some(({ parent_id }) => parent_id === task_id));

/** Progress of leaves, in any order, as often as it comes. */
const anyProgress = fc.array(
  fc.record({
    pick: fc.nat(),
    percent: fc.integer({ min: 0, max: 100 }),
    state: fc.constantFrom<TaskState>(
      "processing",
      "processing",
      "processing",
      "completed",
      "failed",
      "skipped",
      "canceled",
    ),
  }),
  { maxLength: 60 },
);

/** Lets leaves go on, never back, and tells after each what changed. */
function advance(
  tree: ProgressTree,
  tasks: readonly Task[],
  progress: readonly { readonly pick: number; readonly percent: number; readonly state: TaskState }[],
  afterEach: (tasks: readonly Task[], before: Task, after: Task) => void = () => undefined,
): readonly Task[] {
  const leaves = leavesOf(tasks);
  const now = new Map(tasks.map((task) => [task.task_id, task]));
  for (const { pick, percent, state } of progress) {
    const before = now.get((leaves[pick % leaves.length] as Task).task_id) as Task;
    if (before.state !== "processing") continue;
    const after = { ...before, state, percent_complete: Math.max(before.percent_complete, percent) };
    now.set(after.task_id, after);
    tree.update(after);
    afterEach([...now.values()], before, after);
  }
  return [...now.values()];
}

/** The bar from a share of the work: the last stretch is kept for what is found late. */
const barAt = (share: number): number => (share <= 0.99 ? share : 0.99 + (share - 0.99) / 2);

describe("the percentage", () => {
  test("I20: with no late work it is the plain weighted share of the work behind us", () => {
    fc.assert(
      fc.property(anyTree(saneWeight), anyProgress, (tasks, progress) => {
        const tree = createProgressTree();
        for (const task of tasks) tree.update(task);
        advance(tree, tasks, progress, (now) => {
          const share = 1 - naiveLeft(now);
          // A step that does the rest of the work leaves a ten-thousandth of the rest of the bar.
          expect(tree.fraction()).toBeCloseTo(barAt(share), share > 0.99 ? 3 : 9);
        });
      }),
      { numRuns: 600 },
    );
  });

  test("I21: over any history it is what a naive computation gives: the rest of the bar for the rest of the work", () => {
    fc.assert(
      fc.property(anyIntents(), (intents) => {
        const { events } = play(intents);
        const tree = createProgressTree();
        const naive = createNaiveTree();
        let job = emptyJob(JOB_ID);
        for (const event of events) {
          job = fold(job, event);
          const task = job.tasks.get(String(event.data.task_id));
          if (task === undefined) continue;
          tree.update(task);
          naive.update(task);
          expect(tree.fraction()).toBeCloseTo(barAt(naive.bar()), 7);
        }
      }),
      { numRuns: 400 },
    );
  });

  test("I18: it never falls, whatever comes: late work, retries, settled parents, odd weights", () => {
    const anyUpdate = fc.record({
      id: fc.nat(20),
      parent: fc.nat(40),
      weight: fc.oneof(saneWeight, fc.constantFrom(0, 1e-300, 1e15)),
      percent: fc.integer({ min: 0, max: 100 }),
      state: fc.constantFrom<TaskState>("pending", "processing", "completed", "failed"),
    });
    fc.assert(
      fc.property(fc.array(anyUpdate, { maxLength: 80 }), (updates) => {
        const tree = createProgressTree();
        let last = 0;
        for (const { id, parent, weight, percent, state } of updates) {
          const parent_id = parent < id ? `t${parent}` : null;
          tree.update(taskOf(`t${id}`, { parent_id, weight, percent_complete: percent, state }));
          expect(tree.fraction()).toBeGreaterThanOrEqual(last);
          expect(tree.fraction()).toBeLessThanOrEqual(0.995);
          last = tree.fraction();
        }
      }),
      { numRuns: 600 },
    );
  });

  test("I22: it does not freeze: any progress of a leaf that is not settled moves it, also after late work", () => {
    fc.assert(
      fc.property(anyTree(saneWeight), anyProgress, anyProgress, (tasks, progress, more) => {
        const tree = createProgressTree();
        for (const task of tasks) tree.update(task);
        const now = advance(tree, tasks, progress);
        // Three pieces of work that nobody knew of, beside what is there.
        const late = ["late1", "late2", "late3"].map((id) => taskOf(id));
        for (const task of late) tree.update(task);
        let last = tree.fraction();
        advance(tree, [...now, ...late], more, (_tasks, before, after) => {
          const gained =
            after.state !== "processing"
              ? before.percent_complete < 100
              : after.percent_complete > before.percent_complete;
          // At its very end a bar moves by less than a number of 16 digits can say.
          if (gained && last < 0.995 - 1e-9) expect(tree.fraction()).toBeGreaterThan(last);
          last = tree.fraction();
        });
      }),
      { numRuns: 600 },
    );
  });

  test("I23: numbers stay finite, and 0 to 0.995, under odd weights and odd expectations", () => {
    const odd = fc.oneof(
      fc.constantFrom(null, 0, -0, Number.MIN_VALUE, 1e-9, 1e15, Number.MAX_VALUE, Number.POSITIVE_INFINITY),
      fc.double({ min: 0, noNaN: true }),
    );
    fc.assert(
      fc.property(anyTree(odd), fc.array(fc.double(), { minLength: 1 }), anyProgress, (tasks, seconds, progress) => {
        let calls = 0;
        const expectedSeconds = () => seconds[calls++ % seconds.length] as number;
        const tree = createProgressTree({ expectedSeconds });
        for (const task of tasks) tree.update(task);
        let last = 0;
        advance(tree, tasks, progress, () => {
          const fraction = tree.fraction();
          expect(fraction).toBeGreaterThanOrEqual(last);
          expect(fraction).toBeLessThanOrEqual(0.995);
          last = fraction;
        });
        // None of it is lost: with all work done, the bar is at its end.
        for (const leaf of leavesOf(tasks)) tree.update({ ...leaf, state: "completed", percent_complete: 100 });
        expect(tree.fraction()).toBeCloseTo(0.995, 3);
      }),
      { numRuns: 600 },
    );
  });

  test("all work done is the ceiling, and not before", () => {
    fc.assert(
      fc.property(anyTree(saneWeight), (tasks) => {
        const tree = createProgressTree();
        for (const task of tasks) tree.update(task);
        const leaves = leavesOf(tasks);
        leaves.forEach((leaf, index) => {
          tree.update({ ...leaf, state: "completed", percent_complete: 100 });
          if (index < leaves.length - 1) expect(tree.fraction()).toBeLessThan(0.995);
        });
        expect(tree.fraction()).toBeCloseTo(0.995, 3);
      }),
      { numRuns: 400 },
    );
  });
});

describe("shares", () => {
  const done = { state: "completed", percent_complete: 100 } as const;

  test.each([
    { name: "of equals are equal", weights: [null, null, null, null], expected: 0.25 },
    { name: "follow the weights", weights: [3, 1, 1, 1], expected: 0.5 },
    { name: "of one without a weight are the average of the weighted", weights: [null, 2, 4], expected: 1 / 3 },
    { name: "of nothing but zeros are equal", weights: [0, 0], expected: 0.5 },
    { name: "of zero beside weights are none", weights: [0, 5], expected: 0 },
  ])("$name", ({ weights, expected }) => {
    const tree = createProgressTree();
    const tasks = weights.map((weight, index) => taskOf(`t${index}`, { weight }));
    for (const task of tasks) tree.update(task);
    tree.update({ ...(tasks[0] as Task), ...done });
    expect(tree.fraction()).toBeCloseTo(expected, 6);
  });

  test("where nobody weighs, expected seconds do, a parent's being those of its children", () => {
    const seconds: Readonly<Record<string, number>> = { scene: 1, a: 30, b: 30, merge: 20 };
    const tree = createProgressTree({ expectedSeconds: ({ task_id }) => seconds[task_id] ?? 0 });
    for (const task of [
      taskOf("scene"),
      taskOf("a", { parent_id: "scene" }),
      taskOf("b", { parent_id: "scene" }),
      taskOf("merge"),
    ]) {
      tree.update(task);
    }
    tree.update(taskOf("a", { parent_id: "scene", percent_complete: 50 }));
    expect(tree.fraction()).toBeCloseTo(15 / 80, 12);
    tree.update(taskOf("merge", done));
    expect(tree.fraction()).toBeCloseTo(35 / 80, 12);
  });

  test.each([
    { seconds: Number.NaN, share: 0.5 },
    { seconds: -5, share: 0.5 },
    { seconds: 0, share: 0 },
    { seconds: 3, share: 0.75 },
    { seconds: Number.POSITIVE_INFINITY, share: 0.99 },
  ])(
    "of work that is expected to take $seconds s beside 1 s, $share is the least that is shown",
    ({ seconds, share }) => {
      const tree = createProgressTree({ expectedSeconds: ({ task_id }) => (task_id === "odd" ? seconds : 1) });
      for (const id of ["odd", "plain"]) tree.update(taskOf(id));
      tree.update(taskOf("odd", done));
      expect(tree.fraction()).toBeGreaterThanOrEqual(share);
      expect(tree.fraction()).toBeLessThan(share + 0.01);
      tree.update(taskOf("plain", done));
      expect(tree.fraction()).toBeCloseTo(0.995, 3);
    },
  );

  test("a settled parent counts whole, whatever its children do", () => {
    const tree = createProgressTree();
    for (const task of [taskOf("s1"), taskOf("a", { parent_id: "s1" }), taskOf("s2")]) tree.update(task);
    tree.update(taskOf("s1", { state: "failed" }));
    expect(tree.fraction()).toBe(0.5);
    tree.update(taskOf("a", { parent_id: "s1", percent_complete: 50 }));
    expect(tree.fraction()).toBe(0.5);
  });

  test("late work takes its room from the rest of the bar", () => {
    const tree = createProgressTree();
    for (const id of ["a", "b"]) tree.update(taskOf(id));
    tree.update(taskOf("a", done));
    expect(tree.fraction()).toBe(0.5);
    for (const id of ["c", "d"]) tree.update(taskOf(id));
    expect(tree.fraction()).toBe(0.5);
    tree.update(taskOf("b", done));
    expect(tree.fraction()).toBeCloseTo(0.5 + 0.5 / 3, 12);
  });

  test("a bar that is taken up again goes on from where it stood", () => {
    const tasks = [taskOf("a", done), taskOf("b"), taskOf("c"), taskOf("d")];
    for (const shown of [0, 0.25, 0.6, 0.99, 0.993, 0.995]) {
      const tree = createProgressTree({ tasks, shown });
      expect(tree.fraction()).toBeCloseTo(shown, 8);
      tree.update(taskOf("b", done));
      expect(tree.fraction()).toBeCloseTo(barAt(1 - (1 - (shown <= 0.99 ? shown : 2 * shown - 0.99)) * (2 / 3)), 8);
    }
    expect(createProgressTree({ tasks }).fraction()).toBe(0.25);
    const atItsEnd = createProgressTree({ tasks, shown: 1 });
    const before = atItsEnd.fraction();
    atItsEnd.update(taskOf("b", done));
    expect(atItsEnd.fraction()).toBeGreaterThan(before);
  });
});
