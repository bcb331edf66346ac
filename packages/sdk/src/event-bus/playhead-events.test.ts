import { expect, test } from "vitest";
import { monitor } from "../monitor/monitor.ts";
import { setup } from "../testing/setup.ts";
import { type BusEvent, EventBus } from "./event-bus.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("a handler hears of a job as it is recorded: facts at once, ticks as they are sent, in order", async () => {
  const { playhead, clock } = setup();
  const heard: BusEvent[] = [];
  playhead.events.subscribe("*", (event) => heard.push(event));
  const job = playhead.job({ kind: "clips", id: "j", correlation_id: "c".repeat(32) });
  await job.run(() =>
    job.task({ kind: "clip", id: "t" }, async (task) => {
      task.progress(0.25);
      await clock.advance(100);
      job.log.warning("slow");
    }),
  );
  const closing = playhead.close();
  await clock.advance(1_000);
  await closing;
  await turn();
  expect(heard.map(({ type }) => type)).toEqual([
    "job.created",
    "job.state_changed",
    "task.created",
    "task.started",
    "clip.progress",
    "log",
    "clip.progress",
    "job.completed",
    "system.shutdown",
  ]);
  expect(heard[0]).toMatchObject({ job_id: "j", correlation_id: "c".repeat(32), data: { kind: "clips" } });
  expect(heard.find(({ type }) => type === "log")?.data).toMatchObject({ level: "warning", message: "slow" });
});

test("the start is heard by who brings a bus along", async () => {
  const events = new EventBus();
  const heard: string[] = [];
  events.subscribe("system.*", ({ type, data }) => heard.push(`${type} ${data.pid}`));
  const { playhead } = setup({ events });
  expect(playhead.events).toBe(events);
  await turn();
  expect(heard).toEqual([`system.startup ${process.pid}`]);
  await playhead.close();
});

test("what a handler does with its copy changes nothing of what is sent", async () => {
  const { playhead, engine, warnings, clock } = setup();
  playhead.events.subscribe("job.*", ({ data }) => {
    (data as { title: string }).title = "mine";
  });
  playhead.job({ kind: "demo", id: "j", title: "Right" });
  await clock.advance(1_000);
  expect(engine.job("j").title).toBe("Right");
  expect(warnings).toEqual([expect.stringMatching(/a handler of job\.\* threw at job\.created: Cannot assign/)]);
});

test("calls are heard as they are recorded: with their place, their outcome, and no secret", async () => {
  const { playhead, clock } = setup();
  const heard: BusEvent[] = [];
  playhead.events.subscribe("function.*", (event) => heard.push(event));
  const probe = monitor(
    (_options: { readonly path: string; readonly api_key: string }) => {
      throw new TypeError("no such file");
    },
    { name: "probe" },
  );
  const job = playhead.job({ kind: "demo", id: "j" });
  await job.run(() => expect(() => probe({ path: "a.mov", api_key: "s3cret" })).toThrow(TypeError));
  await clock.advance(1_000);
  await turn();
  expect(heard).toMatchObject([
    {
      type: "function.failed",
      job_id: "j",
      correlation_id: job.correlation_id,
      data: { error: { class: "TypeError" } },
    },
  ]);
  expect(JSON.stringify(heard)).toContain("a.mov");
  expect(JSON.stringify(heard)).not.toContain("s3cret");
});

test("samples of the machine are reported, with active jobs and gauges, until the end", async () => {
  const { playhead, clock, engine } = setup({ machine: { folder: "/", tempFolder: "/nowhere" } });
  const samples = () => engine.observations.filter(({ type }) => type === "system.sampled");
  const read = Promise.withResolvers<void>();
  playhead.events.subscribe("system.sampled", () => read.resolve());
  playhead.gauge("ffmpeg_slots_used", 2);
  playhead.job({ kind: "demo" });
  await clock.advance(15_000);
  await read.promise;
  const closing = playhead.close();
  await clock.advance(1_000);
  await closing;
  const data = { active_jobs: 1, gauges: { ffmpeg_slots_used: 2 }, temp_bytes: null };
  expect(samples()).toMatchObject([{ data }]);
  expect(clock.timers().all).toBe(0);
});

test("a transport that can only report says so", async () => {
  const { playhead } = setup();
  await expect(playhead.read("logs")).rejects.toMatchObject({ code: "usage_error" });
});
