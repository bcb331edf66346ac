import { expect, test, vi } from "vitest";
import { setup } from "../testing/setup.ts";

test("cancel: the signal is aborted, open tasks end as canceled, run rejects with the reason", async () => {
  const { playhead, engine, clock, refused } = setup();
  const job = playhead.job({ kind: "demo", id: "j" });
  const error = vi.fn();
  const running = job.run(async ({ signal }) => {
    await job.each([1, 2, 3], { parallel: 2, onError: "continue" }, async () => {
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("ffmpeg was killed"))));
    });
  });
  running.catch(error);
  await clock.advance(20);
  engine.command("j", "cancel", "not needed any more");
  expect(job.state).toBe("canceling");
  await expect(running).rejects.toMatchObject({ code: "canceled", detail: { reason: "not needed any more" } });
  expect(job.signal.reason).toBe(error.mock.calls[0]?.[0]);
  await clock.advance(20);
  expect(engine.job("j")).toMatchObject({ state: "canceled", reason: "not needed any more" });
  expect([...engine.job("j").tasks.values()].map(({ state, reason }) => [state, reason])).toEqual([
    ["canceled", "not needed any more"],
    ["canceled", "not needed any more"],
    ["canceled", "not needed any more"],
  ]);
  expect(refused).toEqual([]);
});

test("cancel while paused ends the job", async () => {
  const { playhead, engine, clock, refused } = setup();
  const job = playhead.job({ kind: "demo", id: "j" });
  const program = { stop: vi.fn(), resume: vi.fn() };
  const atGate = Promise.withResolvers<void>();
  const running = job.run(() =>
    Promise.all([
      job.task({ id: "a" }, async (task) => {
        const release = task.pauseGate.hold(program);
        await new Promise((resolve) => task.signal.addEventListener("abort", resolve));
        release();
        task.signal.throwIfAborted();
      }),
      job.task({ id: "b" }, async (task) => {
        await atGate.promise;
        await task.checkpoint();
      }),
    ]),
  );
  running.catch(() => undefined);
  await clock.advance(20);
  engine.command("j", "pause");
  atGate.resolve();
  await clock.advance(20);
  expect(engine.job("j").state).toBe("paused");
  engine.command("j", "cancel");
  await expect(running).rejects.toMatchObject({ code: "canceled" });
  expect(program.resume).toHaveBeenCalledOnce();
  await clock.advance(20);
  expect(engine.job("j").state).toBe("canceled");
  expect([...engine.job("j").tasks.values()].map(({ state }) => state)).toEqual(["canceled", "canceled"]);
  expect(refused).toEqual([]);
});

test("checkpoint throws once the job is canceled", async () => {
  const { playhead } = setup();
  const job = playhead.job({ kind: "demo" });
  const running = job.run(async () => {
    job.cancel("enough");
    await expect(job.checkpoint()).rejects.toMatchObject({ code: "canceled", message: "canceled: enough" });
    await expect(job.task({}, () => 1)).rejects.toMatchObject({ code: "canceled" });
    return { partial: true };
  });
  await expect(running).rejects.toMatchObject({ code: "canceled" });
});

test("what a canceled job had done is kept as its summary", async () => {
  const { playhead, engine, clock } = setup();
  const job = playhead.job({ kind: "demo", id: "j" });
  await expect(
    job.run(() => {
      job.cancel();
      return { clips: 3 };
    }),
  ).rejects.toMatchObject({ code: "canceled" });
  await clock.advance(20);
  expect(engine.job("j")).toMatchObject({ state: "canceled", summary: { clips: 3 } });
});

test("the user's own signal cancels", async () => {
  const { playhead, engine, clock } = setup();
  const controller = new AbortController();
  const job = playhead.job({ kind: "demo", id: "j", signal: controller.signal });
  const running = job.run(
    ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  );
  controller.abort(new Error("Ctrl-C"));
  await expect(running).rejects.toMatchObject({ code: "canceled", cause: { message: "Ctrl-C" } });
  await clock.advance(20);
  expect(engine.job("j")).toMatchObject({ state: "canceled", reason: "canceled by the program that runs it" });
});

test.for(["aborted before", "canceled by the server", "canceled by hand"])(
  "a job that is %s it runs does not run",
  async (how) => {
    const { playhead, engine, clock } = setup();
    const job = playhead.job({
      kind: "demo",
      id: "j",
      ...(how === "aborted before" && { signal: AbortSignal.abort() }),
    });
    await clock.advance(20);
    if (how === "canceled by the server") engine.command("j", "cancel");
    if (how === "canceled by hand") job.cancel();
    const work = vi.fn();
    await expect(job.run(work)).rejects.toMatchObject({ code: "canceled" });
    expect(work).not.toHaveBeenCalled();
    await clock.advance(20);
    expect(engine.job("j").state).toBe("canceled");
  },
);

test("by hand: a command aborts the signal, and the program says when it has ended", async () => {
  const { playhead, engine, clock } = setup();
  const job = playhead.job({ kind: "demo", id: "j" });
  job.start();
  await clock.advance(20);
  engine.command("j", "cancel", "enough");
  await clock.advance(20);
  expect(job.signal.aborted).toBe(true);
  expect(engine.job("j").state).toBe("canceling");
  job.fail(new Error("killed"));
  await clock.advance(20);
  expect(engine.job("j")).toMatchObject({ state: "canceled", reason: "enough", error: null });
});

test("a throw that says canceled cancels, also without a signal", async () => {
  const { playhead, engine, clock } = setup();
  const job = playhead.job({ kind: "demo", id: "j" });
  const other = playhead.job({ kind: "demo", id: "other" });
  other.cancel("enough");
  await expect(job.run(() => job.task({ id: "t" }, () => other.checkpoint()))).rejects.toMatchObject({
    code: "canceled",
  });
  await clock.advance(20);
  expect(engine.job("j")).toMatchObject({ state: "canceled", reason: "enough" });
  expect(engine.job("j").tasks.get("t")).toMatchObject({ state: "canceled", reason: "enough" });
});

test("commands are listened to until the last job's end is stored", async () => {
  const { playhead, engine, clock } = setup();
  expect(engine.listenerCount()).toBe(0);
  const first = playhead.job({ kind: "demo" });
  const second = playhead.job({ kind: "demo" });
  expect(engine.listenerCount()).toBe(1);
  await first.run(() => undefined);
  await clock.advance(20);
  expect(engine.listenerCount()).toBe(1);
  second.cancel();
  expect(engine.listenerCount()).toBe(1);
  await clock.advance(20);
  expect(engine.listenerCount()).toBe(0);
});

test("code that works on after its job has ended is not heard", async () => {
  const { playhead, engine, clock, refused } = setup();
  const job = playhead.job({ kind: "demo", id: "j" });
  const late = Promise.withResolvers<void>();
  let forgotten: Promise<unknown> = Promise.resolve();
  await job.run(async () => {
    forgotten = job.task({ id: "a" }, async (task) => {
      await late.promise;
      task.progress(0.5);
      task.step("late");
      task.artifact({ type: "video" });
      await task.task({}, () => 1);
    });
    await clock.settle();
  });
  late.resolve();
  await forgotten;
  await clock.advance(1_000);
  expect(engine.job("j").tasks.get("a")).toMatchObject({ state: "canceled" });
  expect(refused).toEqual([]);
});
