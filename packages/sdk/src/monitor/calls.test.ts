import fc from "fast-check";
import { expect, test } from "vitest";
import { observed } from "../../test/observed.ts";
import { currentTrace, runInTrace } from "../index.ts";
import { monitor, monitorExecution, progressStep, trackPerformance } from "./monitor.ts";

/** A call, and the calls that it makes. */
interface CallTree {
  readonly kind: "sync" | "async" | "generator" | "timer";
  readonly throws: boolean;
  readonly calls: readonly CallTree[];
}

const treeOf = (depth: number): fc.Arbitrary<CallTree> =>
  fc.record({
    kind: fc.constantFrom("sync" as const, "async" as const, "generator" as const, "timer" as const),
    throws: fc.boolean(),
    calls: depth === 0 ? fc.constant([]) : fc.array(treeOf(depth - 1), { maxLength: 3 }),
  });

interface Expected {
  readonly name: string;
  readonly parent: string | null;
  readonly number: number;
  readonly isError: boolean;
}

test("property 1: every call leaves exactly one record, with name, parameters, start and outcome, under its caller", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(treeOf(3), { minLength: 1, maxLength: 3 }), fc.boolean(), async (trees, isInJob) => {
      const { playhead, clock, ended, records } = observed();
      const expected: Expected[] = [];
      const run = async () => {
        await Promise.all(trees.map((each, at) => perform(each, `call ${at}`, null, expected)));
      };
      const startMs = clock.nowMs();
      await (isInJob ? playhead.job({ kind: "k" }).create({}).run(run) : run());
      const calls = await ended();
      const nameOf = new Map(calls.map(({ span_id, name }) => [span_id, name]));
      const got = calls.map(({ name, parent_span_id, parameters, error }) => ({
        name,
        parent: parent_span_id === null ? null : (nameOf.get(parent_span_id) ?? "unknown"),
        number: parameters?.number,
        isError: error !== undefined,
      }));
      const byName = (one: { readonly name: string }, other: { readonly name: string }) =>
        one.name.localeCompare(other.name);
      expect(got.toSorted(byName)).toEqual(expected.toSorted(byName));
      expect(new Set(calls.map(({ span_id }) => span_id)).size).toBe(calls.length);
      for (const record of await records()) {
        if (!record.type.startsWith("function.")) continue;
        expect(Date.parse(record.ts)).toBeGreaterThanOrEqual(startMs - 1);
        expect(record.job_id !== undefined).toBe(isInJob);
        expect(record.correlation_id).toMatch(/^[0-9a-f]{32}$/);
      }
    }),
    { numRuns: 60 },
  );
});

/** Makes the calls of a tree, each by a monitored function of its own; what they throw stays here. */
async function perform(call: CallTree, name: string, parent: string | null, expected: Expected[]): Promise<void> {
  const number = expected.length;
  expected.push({ name, parent, number, isError: call.throws });
  const children = () => Promise.all(call.calls.map((each, at) => perform(each, `${name}.${at}`, name, expected)));
  const fail = () => {
    if (call.throws) throw new Error(name);
  };
  let within: Promise<unknown> = Promise.resolve();
  const functions = {
    sync: monitorExecution({ name })((number: number) => {
      // A call that returns at once can only be the parent of what it calls at once: what goes on later is its caller's.
      within = Promise.all(
        call.calls.map((each, at) => perform({ ...each, kind: "sync" }, `${name}.${at}`, name, expected)),
      );
      fail();
      return number;
    }),
    async: monitorExecution({ name })(async (number: number) => {
      await null;
      await children();
      fail();
      return number;
    }),
    timer: monitorExecution({ name })(async (number: number) => {
      await new Promise((resolve) => setTimeout(resolve, 0));
      await children();
      fail();
      return number;
    }),
    generator: monitorExecution({ name })(async function* (number: number) {
      yield number;
      await children();
      fail();
    }),
  };
  try {
    if (call.kind === "generator") for await (const _ of functions.generator(number));
    else await functions[call.kind](number);
  } catch {
    // As the tree says.
  }
  await within;
}

test("a result and an error are told, with what they were given; secrets are not", async () => {
  const { ended } = observed();
  const login = monitor(async function login(user: string, password: string) {
    if (user === "eve") throw Object.assign(new RangeError("not you"), { code: "E_EVE" });
    return { user, token: password };
  });
  await login("bob", "hunter2");
  await login("eve", "hunter2").catch(() => undefined);
  expect(await ended()).toMatchObject([
    {
      name: "login",
      category: "function",
      parameters: { user: "bob", password: "[redacted]" },
      result_summary: '{"user":"bob","token":"[redacted]"}',
    },
    { parameters: { user: "eve" }, error: { class: "RangeError", message: "not you", code: "E_EVE" } },
  ]);
});

test("a call that runs for more than a second is said to run, once; one that does not is not", async () => {
  const { clock, records } = observed();
  const wait = monitor(function wait(ms: number) {
    return new Promise<void>((resolve) => void clock.setTimer(resolve, ms, true));
  });
  const calls = [wait(500), wait(2_500)];
  await clock.advance(3_000);
  await Promise.all(calls);
  const types = (await records()).map(({ type, data }) => [type, "parameters" in data ? data.parameters : null]);
  expect(types).toEqual([
    ["function.completed", { ms: 500 }],
    ["function.started", { ms: 2_500 }],
    ["function.completed", { ms: 2_500 }],
  ]);
});

test("a task's step is recorded once, by its name, in its task, with what it calls below it; whatever runs it", async () => {
  const { playhead, clock, ended } = observed();
  const probe = monitorExecution(function probe() {});
  const shown = monitor(async function shown() {});
  const stepped = progressStep(async function stepped() {});
  const outside = playhead.job({ kind: "k" }).create({ id: "outside" });
  const job = playhead.job({ kind: "clips" });
  await job.run(() =>
    job.task({ id: "clip" }, async (task) => {
      await task.step("rendering", () => probe());
      await task.step("showing", shown);
      await task.step("stepping", stepped);
      await task
        .step("failing", () => {
          throw new RangeError("no");
        })
        .catch(() => undefined);
    }),
  );
  outside.start();
  await outside.step("alone", async () => undefined);
  await clock.settle();
  const calls = await ended();
  const nameOf = new Map(calls.map(({ span_id, name }) => [span_id, name]));
  const told = calls.map(({ name, category, task_id, parent_span_id, error }) => [
    `${category} ${name}`,
    task_id === "clip" || task_id === "outside" ? task_id : "its own",
    nameOf.get(parent_span_id ?? "") ?? null,
    error?.class ?? null,
  ]);
  expect(told).toEqual([
    ["function probe", "clip", "rendering", null],
    ["step rendering", "clip", null, null],
    ["step showing", "clip", null, null],
    ["step stepped", "its own", null, null],
    ["step failing", "clip", null, "RangeError"],
    ["step alone", "outside", null, null],
  ]);
});

test("the peak that a long call was seen to reach is not told of a later one", async () => {
  let memoryBytes = 9_000;
  const meters = { cpuMs: () => 0, memoryBytes: () => memoryBytes, takeLoopDelayMs: () => 0 };
  const { clock, ended } = observed({ monitoring: { budget: false, meters } });
  const wait = trackPerformance(function wait(ms: number) {
    return new Promise<void>((resolve) => void clock.setTimer(resolve, ms, true));
  });
  const long = wait(2_500);
  await clock.advance(2_400);
  memoryBytes = 1_000;
  await clock.advance(100);
  await long;
  await ended();
  trackPerformance(function brief() {})();
  const peaks = (await ended()).map(({ name, memory_peak_bytes }) => [name, memory_peak_bytes]);
  expect(peaks).toEqual([
    ["wait", 9_000],
    ["brief", 1_000],
  ]);
});

test("in a job a step is a task, with its weight; what it calls belongs to it", async () => {
  const { playhead, engine, records } = observed();
  const render = progressStep({ weight: 3 })(async function render(frames: number) {
    await monitor(async function encode() {})();
    if (frames === 0) throw new Error("nothing to render");
  });
  const job = playhead.job({ kind: "clips" });
  await job.run(async () => {
    await render(1);
    await render(0).catch(() => undefined);
  });
  const all = await records();
  const [step] = engine.job(job.job_id).tasks.values();
  expect(step).toMatchObject({ kind: "step", title: "render", weight: 3, state: "completed" });
  expect([...engine.job(job.job_id).tasks.values()].map(({ state }) => state)).toEqual(["completed", "failed"]);
  const calls = all.filter(({ type }) => type !== "log");
  expect(
    calls.map(({ type, data }) => [type, (data as { name: string }).name, (data as { task_id?: string }).task_id]),
  ).toEqual([
    ["function.started", "render", step?.task_id],
    ["function.started", "render", expect.not.stringMatching(`^${step?.task_id}$`)],
    ["function.completed", "encode", step?.task_id],
    ["function.completed", "render", step?.task_id],
    ["function.completed", "encode", expect.anything()],
    ["function.failed", "render", expect.anything()],
  ]);
  await render(1);
});

test("a trace from another program goes on here, and out again", async () => {
  const { ended, records } = observed();
  const origin = { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736", span_id: "00f067aa0ba902b7" };
  let seen: unknown;
  await runInTrace(origin, async () => {
    await monitor(async function handle() {
      await null;
      seen = currentTrace();
    })();
  });
  const [call] = await ended();
  expect(call?.parent_span_id).toBe(origin.span_id);
  expect((await records())[0]?.correlation_id).toBe(origin.trace_id);
  expect(seen).toEqual({ trace_id: origin.trace_id, span_id: call?.span_id });
});

test("what waits beyond the capacity is added up, and nothing is lost", async () => {
  const { ended, totals, playhead } = observed({ monitoring: { budget: false, capacity: 10 } });
  const work = monitor(function work(n: number) {
    if (n % 5 === 0) throw new Error("fifth");
  });
  for (let n = 0; n < 35; n += 1) {
    try {
      work(n);
    } catch {
      // As wanted.
    }
  }
  expect(await ended()).toHaveLength(10);
  expect(await totals()).toMatchObject([{ name: "work", category: "function", count: 25, errors: 5 }]);
  expect(playhead.monitoring().summarized_calls).toBe(25);
});

test("without a Playhead, and with one that is closed, a call is a call", async () => {
  const { playhead, clock, engine } = observed();
  const add = monitor((a: number, b: number) => a + b);
  const closed = playhead.close();
  await clock.settle();
  await closed;
  expect(add(1, 2)).toBe(3);
  expect(currentTrace()).toBeNull();
  expect(engine.observations).toEqual([]);
});

test("a line of the log is part of the call that writes it, and its secrets are taken out", async () => {
  const { playhead, ended, lines } = observed();
  await monitor(async function talk() {
    await null;
    playhead.observer.log({ level: "info", message: "with Bearer abcdef123456", fields: { apiKey: "x", n: 1 } });
  })();
  const [call] = await ended();
  expect(await lines()).toEqual([
    {
      level: "info",
      message: "with Bearer [redacted]",
      fields: { apiKey: "[redacted]", n: 1 },
      span_id: call?.span_id,
    },
  ]);
});
