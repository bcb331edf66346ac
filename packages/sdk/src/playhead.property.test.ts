import { type ControlVerb, PlayheadError } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { TaskHandle, Work } from "./handles.ts";
import { type Setup, setup } from "./testing/setup.ts";

/** What a task does, in order; a tree of any depth. */
interface Plan {
  readonly kind: string;
  readonly acts: readonly Act[];
  readonly planned: boolean;
  readonly end: "return" | "throw" | "fail" | "skip" | "complete";
}

type Act =
  | { readonly type: "progress"; readonly fraction: number }
  | { readonly type: "step"; readonly name: string; readonly fraction: number; readonly withCallback: boolean }
  | { readonly type: "wait"; readonly ms: number }
  | { readonly type: "retry" | "artifact" | "log" | "checkpoint" | "hold" }
  | {
      readonly type: "each";
      readonly parallel: number;
      readonly onError: "fail" | "continue";
      readonly children: readonly Plan[];
    }
  | { readonly type: "declare"; readonly children: readonly Plan[] };

const NAMES = ["extracting_segment", "rendering", "uploading"] as const;
const fraction = fc.double({ min: 0, max: 1, noNaN: true });

const { plan } = fc.letrec<{ plan: Plan; act: Act }>((tie) => {
  const children = fc.array(tie("plan"), { maxLength: 3 });
  return {
    plan: fc.record({
      kind: fc.constantFrom("scene", "clip", "video", "stage", "step", "task"),
      acts: fc.array(tie("act"), { maxLength: 4 }),
      planned: fc.boolean(),
      end: fc.constantFrom("return", "return", "return", "throw", "fail", "skip", "complete"),
    }),
    act: fc.oneof(
      { depthSize: "small", maxDepth: 4 },
      fc.record({ type: fc.constant("progress" as const), fraction }),
      fc.record({
        type: fc.constant("step" as const),
        name: fc.constantFrom(...NAMES),
        fraction,
        withCallback: fc.boolean(),
      }),
      fc.record({ type: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 400 }) }),
      fc.record({
        type: fc.constantFrom(
          "retry" as const,
          "artifact" as const,
          "log" as const,
          "checkpoint" as const,
          "hold" as const,
        ),
      }),
      fc.record({
        type: fc.constant("each" as const),
        parallel: fc.integer({ min: 1, max: 3 }),
        onError: fc.constantFrom("fail" as const, "continue" as const),
        children,
      }),
      fc.record({ type: fc.constant("declare" as const), children }),
    ),
  };
});

function sleep({ clock }: Setup, ms: number): Promise<void> {
  return new Promise((resolve) => clock.setTimer(resolve, ms, true));
}

async function act(world: Setup, task: TaskHandle, each: Act): Promise<void> {
  switch (each.type) {
    case "progress":
      return task.progress(each.fraction, { at: each.fraction });
    case "step":
      if (each.withCallback) {
        return task.step(each.name, async (step) => {
          step.progress(each.fraction / 2);
          await sleep(world, 30);
          step.progress(each.fraction);
        });
      }
      return task.step(each.name, undefined, { name: each.name }).progress(each.fraction);
    case "wait":
      return sleep(world, each.ms);
    case "retry":
      return task.retry(new Error("once more"));
    case "artifact":
      return task.artifact({ type: "file", url: "/a" });
    case "log":
      return task.log.info("line");
    case "checkpoint":
      return task.checkpoint();
    case "hold":
      return hold(world, task);
    case "each":
      await runAll(world, task, each);
      return;
    case "declare":
      for (const child of each.children) task.create({ kind: child.kind });
      return;
  }
}

/** A program that makes no headway while it is stopped. */
async function hold(world: Setup, task: TaskHandle): Promise<void> {
  let isStopped = false;
  const release = task.pauseGate.hold({
    stop: () => {
      isStopped = true;
    },
    resume: () => {
      isStopped = false;
    },
  });
  for (let work = 0; work < 3 && !task.signal.aborted; work += isStopped ? 0 : 1) await sleep(world, 10);
  release();
}

const runAll = (
  world: Setup,
  work: Work,
  { children, parallel, onError }: Pick<Extract<Act, { type: "each" }>, "children" | "parallel" | "onError">,
) =>
  work.each(
    children,
    {
      kind: ({ kind }) => kind,
      steps: ({ planned }) => (planned ? NAMES.map((step, index) => ({ step, weight: index + 1 })) : undefined),
      parallel,
      onError,
    },
    (child, task) => perform(world, child, task),
  );

async function perform(world: Setup, { acts, end }: Plan, task: TaskHandle): Promise<void> {
  for (const each of acts) await act(world, task, each);
  if (end === "throw") throw new Error("thrown");
  if (end === "fail") task.fail(new Error("failed"));
  if (end === "skip") task.skip("no need");
  if (end === "complete") task.complete({ done: true });
}

/** Runs a job of these plans until it has ended, letting time pass; `meddle` is called now and then. */
async function live(
  world: Setup,
  plans: readonly Plan[],
  onError: "fail" | "continue",
  meddle: (round: number) => void,
): Promise<void> {
  const { playhead, clock } = world;
  const job = playhead.job({ kind: "demo", id: "j" });
  let ended = false;
  const running = job
    .run(() => runAll(world, job, { children: plans, parallel: 2, onError }))
    .then(
      () => undefined,
      () => undefined,
    );
  void running.then(() => {
    ended = true;
  });
  for (let round = 0; !ended; round += 1) {
    await clock.advance(25);
    meddle(round);
    if (round > 5_000) throw new Error("the job does not end");
  }
  for (let round = 0; round < 20; round += 1) await clock.advance(30_000);
}

/** What must hold of every history, whatever happened. */
function checkHistory({ engine, clock }: Setup): void {
  const job = engine.job("j");
  expect(["completed", "failed", "canceled"]).toContain(job.state);
  for (const task of job.tasks.values()) expect(["completed", "failed", "skipped", "canceled"]).toContain(task.state);
  const numbers = engine.facts("j").map(({ seq }) => seq);
  expect(numbers).toEqual(Array.from(numbers, (_, index) => index + 1));
  const bar = engine.bar("j");
  expect(bar).toEqual([...bar].sort((a, b) => a - b));
  checkPercents(engine);
  expect(clock.timers().all).toBe(0);
  expect(engine.listenerCount()).toBe(0);
}

/** A task's own bar never falls within an attempt. */
function checkPercents(engine: Setup["engine"]): void {
  const last = new Map<string, number>();
  for (const { taskId, attempt, percent } of engine.shown("j")) {
    const key = `${taskId} ${attempt}`;
    expect(percent).toBeGreaterThanOrEqual(last.get(key) ?? 0);
    last.set(key, percent);
  }
}

const plans = fc.array(plan, { maxLength: 4 });
const onErrors = fc.constantFrom("fail" as const, "continue" as const);

test("property: any tree of tasks, whatever becomes of them, makes a legal history in which every task ends", async () => {
  await fc.assert(
    fc.asyncProperty(plans, onErrors, async (roots, onError) => {
      const world = setup();
      await live(world, roots, onError, () => undefined);
      checkHistory(world);
      expect(world.engine.refused).toEqual([]);
      expect(world.warnings).toEqual([]);
    }),
    { numRuns: 80 },
  );
});

test("property: pause, resume and cancel at any moment leave a legal history, also when they cross reports", async () => {
  const verbs = fc.constantFrom<ControlVerb>("pause", "resume", "pause", "resume", "cancel");
  const commands = fc.array(fc.tuple(fc.integer({ min: 0, max: 16 }), verbs), { minLength: 1, maxLength: 8 });
  const latencies = fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 5 });
  const long = fc.array(
    plan.map(
      (root): Plan => ({
        ...root,
        acts: [
          { type: "hold" },
          { type: "wait", ms: 60 },
          { type: "checkpoint" },
          ...root.acts,
          { type: "wait", ms: 50 },
        ],
      }),
    ),
    { minLength: 1, maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(long, onErrors, commands, latencies, async (roots, onError, wanted, delaysMs) => {
      const world = setup();
      const { engine } = world;
      let batches = 0;
      engine.onIngest = () => sleep(world, delaysMs[batches++ % delaysMs.length] ?? 0);
      const give = (verb: ControlVerb) => {
        try {
          if (engine.jobIds().includes("j")) engine.command("j", verb);
        } catch (error) {
          if (!(error instanceof PlayheadError)) throw error;
        }
      };
      await live(world, roots, onError, (round) => {
        for (const [at, verb] of wanted) if (at === round) give(verb);
        // In the end someone resumes whatever is still paused.
        if (round > 60 && engine.job("j").state.startsWith("paus")) give("resume");
      });
      checkHistory(world);
      // A command may cross a report of the worker's; that, and nothing else, may be refused, and is put right.
      for (const { error_code } of engine.refused) expect(error_code).toBe("conflict");
      expect(world.refused).toEqual([]);
    }),
    { numRuns: 80 },
  );
});

test("property: a server that fails at any moment, before or after it took a batch, loses nothing and doubles nothing", async () => {
  const faults = fc.array(fc.tuple(fc.constantFrom("before", "after"), fc.boolean()), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(plans, onErrors, faults, async (roots, onError, wanted) => {
      const calm = setup();
      await live(calm, roots, onError, () => undefined);

      const world = setup();
      const left = [...wanted];
      world.engine.onIngest = (_batch, when) => {
        const [next] = left;
        if (next === undefined || next[0] !== when) return;
        left.shift();
        if (next[1]) throw new PlayheadError("service_unavailable", "away");
      };
      await live(world, roots, onError, () => undefined);
      checkHistory(world);
      expect(world.engine.refused).toEqual([]);
      const told = (each: Setup) => each.engine.facts("j").map(({ type, data }) => [type, data]);
      expect(told(world)).toEqual(told(calm));
      expect(world.engine.logs("j")).toEqual(calm.engine.logs("j"));
    }),
    { numRuns: 60 },
  );
});

test("property: with hardly any room, what gets through is still legal", async () => {
  await fc.assert(
    fc.asyncProperty(plans, fc.integer({ min: 1, max: 12 }), async (roots, capacity) => {
      const world = setup({ capacity });
      await live(world, roots, "continue", () => undefined);
      expect(world.engine.refused).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
