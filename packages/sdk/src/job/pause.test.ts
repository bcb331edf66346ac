import type { ControlVerb } from "@playhead/core";
import { expect, test, vi } from "vitest";
import { createSlots } from "../control/slots.ts";
import { createMemoryEngine } from "../testing/memory-engine.ts";
import { lines, setup } from "../testing/setup.ts";
import type { CommandListener, Transport } from "../transport/transport.ts";

const jobStates = (events: Parameters<typeof lines>[0]) =>
  lines(events)
    .filter((line) => line.startsWith("job.state_changed"))
    .map((line) => line.slice("job.state_changed ".length));

test("pause at a checkpoint, resume, complete", async () => {
  const { playhead, engine, clock, refused } = setup();
  const job = playhead.job({ kind: "demo", id: "j" });
  const first = Promise.withResolvers<void>();
  const seen: string[] = [];
  const running = job.run(async () => {
    await job.checkpoint();
    seen.push("first");
    await first.promise;
    await job.checkpoint();
    seen.push("second");
  });
  await clock.advance(100);
  engine.command("j", "pause");
  first.resolve();
  await clock.advance(100);
  expect(seen).toEqual(["first"]);
  expect(job.state).toBe("paused");
  expect(engine.job("j").state).toBe("paused");
  engine.command("j", "resume");
  await running;
  await clock.advance(20);
  expect(jobStates(engine.facts("j"))).toEqual(["running", "pausing", "paused", "running", "completing", "completed"]);
  expect(refused).toEqual([]);
});

test("a step is a checkpoint, and so is the start of each item", async () => {
  const { playhead, engine, clock } = setup();
  const job = playhead.job({ kind: "demo", id: "j" });
  const turns = { a: Promise.withResolvers<void>(), b: Promise.withResolvers<void>() };
  const seen: string[] = [];
  const running = job.run(() =>
    job.each(["a", "b"] as const, { parallel: 1 }, async (item, task) => {
      seen.push(item);
      await turns[item].promise;
      await task.step("rendering", () => seen.push(`${item} rendering`));
      if (item === "a") engine.command("j", "pause");
    }),
  );
  await clock.advance(100);
  engine.command("j", "pause");
  turns.a.resolve();
  await clock.advance(100);
  expect(seen).toEqual(["a"]);
  expect(engine.job("j").state).toBe("paused");
  engine.command("j", "resume");
  await clock.advance(100);
  expect(seen).toEqual(["a", "a rendering"]);
  expect(engine.job("j").state).toBe("paused");
  engine.command("j", "resume");
  turns.b.resolve();
  await running;
  expect(seen).toEqual(["a", "a rendering", "b", "b rendering"]);
});

test("a job is paused when each of its callbacks stands still: at a checkpoint, in a slot's queue, or with a stopped program", async () => {
  const { playhead, engine, clock, refused } = setup();
  const job = playhead.job({ kind: "demo", id: "j" });
  const slots = createSlots(2);
  const program = { stop: vi.fn(), resume: vi.fn() };
  const rendered = Promise.withResolvers<void>();
  const busy = Promise.withResolvers<void>();
  const running = job.run(async () => {
    const tasks = ["held", "busy", "queued"].map((id) => job.create({ id }));
    const [held, working, queued] = tasks;
    await Promise.all([
      held?.run(
        async () => {
          const release = job.pauseGate.hold(program);
          await rendered.promise;
          release();
        },
        { slots },
      ),
      working?.run(
        async (task) => {
          await busy.promise;
          await task.checkpoint();
        },
        { slots },
      ),
      queued?.run(() => undefined, { slots }),
    ]);
  });
  await clock.advance(20);
  engine.command("j", "pause");
  await clock.advance(20);
  expect(program.stop).toHaveBeenCalledOnce();
  expect(engine.job("j").state).toBe("pausing");
  busy.resolve();
  await clock.advance(20);
  expect(engine.job("j").state).toBe("paused");
  engine.command("j", "resume");
  expect(program.resume).toHaveBeenCalledOnce();
  rendered.resolve();
  await running;
  expect(refused).toEqual([]);
});

test("a task's own gate counts for the task, wherever it is called from", async () => {
  const { playhead, engine, clock } = setup();
  const job = playhead.job({ kind: "demo", id: "j" });
  const done = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  let hold: () => void = () => undefined;
  const running = job.run(() =>
    job.task({}, async (task) => {
      hold = () => void task.pauseGate.hold({ stop: () => undefined, resume: () => undefined });
      started.resolve();
      await done.promise;
    }),
  );
  await started.promise;
  await clock.advance(20);
  hold();
  engine.command("j", "pause");
  await clock.advance(20);
  expect(engine.job("j").state).toBe("paused");
  engine.command("j", "resume");
  done.resolve();
  await running;
});

test("a resume while still pausing just goes on", async () => {
  const { playhead, engine, clock, refused } = setup();
  const job = playhead.job({ kind: "demo", id: "j" });
  const done = Promise.withResolvers<void>();
  const running = job.run(() => done.promise);
  await clock.advance(20);
  engine.command("j", "pause");
  expect(job.state).toBe("pausing");
  engine.command("j", "resume");
  expect(job.state).toBe("running");
  done.resolve();
  await running;
  await clock.advance(20);
  expect(jobStates(engine.facts("j"))).toEqual(["running", "pausing", "running", "completing", "completed"]);
  expect(refused).toEqual([]);
});

test("work that is done before it paused: the job goes on, and completes", async () => {
  const { playhead, engine, clock, refused } = setup();
  const job = playhead.job({ kind: "demo", id: "j" });
  const done = Promise.withResolvers<void>();
  const running = job.run(() => done.promise);
  await clock.advance(20);
  engine.command("j", "pause");
  done.resolve();
  await running;
  await clock.advance(20);
  expect(jobStates(engine.facts("j"))).toEqual(["running", "pausing", "running", "completing", "completed"]);
  expect(refused).toEqual([]);
});

test("work that ends though it is paused, since part of it waited for nobody: the job goes on, and completes", async () => {
  const { playhead, engine, clock, refused } = setup();
  const job = playhead.job({ kind: "demo", id: "j" });
  const [atGate, done] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let left: Promise<void> = Promise.resolve();
  const running = job.run(async () => {
    await atGate.promise;
    left = job.checkpoint();
    await done.promise;
  });
  await clock.advance(20);
  engine.command("j", "pause");
  atGate.resolve();
  await clock.advance(20);
  expect(engine.job("j").state).toBe("paused");
  done.resolve();
  await running;
  await clock.advance(20);
  expect(jobStates(engine.facts("j"))).toEqual(["running", "pausing", "paused", "running", "completing", "completed"]);
  expect(refused).toEqual([]);
  void left;
});

test("a command that crosses the end: what the server refuses is put right", async () => {
  const { playhead, engine, clock, refused } = setup();
  for (const [id, verb] of [
    ["p", "pause"],
    ["c", "cancel"],
  ] as const) {
    const job = playhead.job({ kind: "demo", id });
    const done = Promise.withResolvers<{ files: number }>();
    const running = job.run(() => done.promise);
    await clock.advance(20);
    done.resolve({ files: 2 });
    await running;
    // The end is on its way when the command is given.
    engine.command(id, verb);
    await clock.advance(100);
  }
  expect(engine.job("p")).toMatchObject({ state: "completed", summary: { files: 2 } });
  expect(engine.job("c")).toMatchObject({ state: "canceled", summary: { files: 2 } });
  expect(refused).toEqual([]);
});

test("a pause that crosses a resume: the server's word holds", async () => {
  const { playhead, engine, clock, refused } = setup();
  const job = playhead.job({ kind: "demo", id: "j" });
  const running = job.run(async () => {
    await clock.advance(20);
    engine.command("j", "pause");
    const checkpoint = job.checkpoint();
    // The worker has paused, and says so; before that arrives, someone resumes.
    engine.command("j", "resume");
    await checkpoint;
    await clock.advance(50);
  });
  await running;
  await clock.advance(50);
  expect(engine.job("j").state).toBe("completed");
  expect(engine.refused.map(({ error_code }) => error_code)).toEqual(["conflict"]);
  expect(refused).toEqual([]);
});

test("a command that comes twice is obeyed once", async () => {
  const listeners: CommandListener[] = [];
  const engine = createMemoryEngine();
  const transport: Transport = {
    send: (batch) => engine.ingest(batch),
    onCommand(_source, listener) {
      listeners.push(listener);
      return () => undefined;
    },
    close: async () => undefined,
  };
  const { playhead } = setup({ transport });
  const job = playhead.job({ kind: "demo", id: "j" });
  job.start();
  const say = (command_id: string, verb: ControlVerb) => {
    for (const listener of listeners) listener({ command_id, job_id: "j", verb, reason: null });
  };
  say("1", "pause");
  expect(job.state).toBe("pausing");
  say("2", "resume");
  say("1", "pause");
  expect(job.state).toBe("running");
});

test("the work itself may pause its job and let it go on, with a reason; twice is harmless", async () => {
  const { playhead, engine, clock, refused } = setup();
  const job = playhead.job({ kind: "demo", id: "j" });
  job.pause();
  expect(job.state).toBe("pending");
  const running = job.run(async () => {
    job.pause("the provider is closed");
    job.pause();
    await job.checkpoint();
  });
  await clock.advance(100);
  expect([job.state, engine.job("j").state]).toEqual(["paused", "paused"]);
  expect(engine.facts("j").find(({ data }) => data.new_state === "pausing")?.data.reason).toBe(
    "the provider is closed",
  );
  job.resume();
  job.resume();
  await running;
  job.pause();
  await clock.advance(100);
  expect(jobStates(engine.facts("j"))).toEqual(["running", "pausing", "paused", "running", "completing", "completed"]);
  expect(refused).toEqual([]);
});
