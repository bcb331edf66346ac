import { PlayheadError } from "@playhead/core";
import { expect, test } from "vitest";
import { lines, setup } from "../testing/setup.ts";

test("a job runs from pending to completed, with what it returned as its summary", async () => {
  const { playhead, engine, clock } = setup();
  const job = playhead.job({ kind: "clips", title: "Episode 12", user_id: "u_7", metadata: { season: 3 } });
  expect(job.state).toBe("pending");
  const result = await job.run(async ({ signal, job: same }) => {
    expect(same).toBe(job);
    expect(signal).toBe(job.signal);
    expect(job.state).toBe("running");
    return { clips: 4 };
  });
  expect(result).toEqual({ clips: 4 });
  expect(job.state).toBe("completed");
  await clock.advance(20);
  expect(lines(engine.facts(job.job_id))).toEqual([
    "job.created",
    "job.state_changed running",
    "session.started",
    "job.state_changed completing",
    "job.state_changed completed",
    "job.completed",
    "session.completed completed",
  ]);
  expect(engine.job(job.job_id)).toMatchObject({
    kind: "clips",
    title: "Episode 12",
    user_id: "u_7",
    metadata: { season: 3 },
    state: "completed",
    summary: { clips: 4 },
    correlation_id: job.correlation_id,
  });
});

test("a job with the id of one that has ended is refused by the server, and runs on all the same", async () => {
  const { playhead, engine, clock } = setup();
  await playhead.job({ kind: "first", id: "j" }).run(() => undefined);
  await clock.advance(20);
  expect(engine.job("j")).toMatchObject({ kind: "first", state: "completed" });
  const again = playhead.job({ kind: "second", id: "j" });
  const go = Promise.withResolvers<string>();
  const running = again.run(() => go.promise);
  await clock.advance(100);
  expect(again.signal.aborted).toBe(false);
  go.resolve("done");
  expect(await running).toBe("done");
  expect(engine.job("j")).toMatchObject({ kind: "first", state: "completed" });
});

test.for([
  { name: "a list", value: [1, 2], summary: null },
  { name: "nothing", value: undefined, summary: null },
  { name: "a class instance", value: new Map([["a", 1]]), summary: null },
  {
    name: "an object with what JSON cannot carry",
    value: { a: 1n, b: () => 1, c: new Date(0) },
    summary: { a: "1", c: "1970-01-01T00:00:00.000Z" },
  },
])("a job that returns $name has the summary $summary", async ({ value, summary }) => {
  const { playhead, engine, clock } = setup();
  const job = playhead.job({ kind: "demo" });
  expect(await job.run(() => value)).toBe(value);
  await clock.advance(20);
  expect(engine.job(job.job_id).summary).toEqual(summary);
});

test("a throw fails the job; viewers get it cleaned, the caller as it is", async () => {
  const { playhead, engine, clock } = setup();
  const job = playhead.job({ kind: "demo" });
  const error = new Error("cannot read '/home/me/My Videos/in.mp4' from https://store.internal/bucket");
  await expect(job.run(() => Promise.reject(error))).rejects.toBe(error);
  await clock.advance(20);
  expect(engine.job(job.job_id)).toMatchObject({
    state: "failed",
    error: { error_code: "task_failed", error_message: "cannot read 'in.mp4' from [address]", error_class: "internal" },
  });
});

test("an error of ours keeps its code, class and hint", async () => {
  const { playhead, engine, clock } = setup();
  const job = playhead.job({ kind: "demo" });
  const error = new PlayheadError("disk_full", "no room in /data/out", {
    hint: "free some in /data/out",
    detail: { path: "/data/out" },
  });
  await expect(job.run(() => Promise.reject(error))).rejects.toBe(error);
  await clock.advance(20);
  const failed = engine.facts(job.job_id).find(({ type }) => type === "job.failed");
  expect(failed?.data).toEqual({
    error_code: "disk_full",
    error_message: "no room in out",
    error_class: "environment",
    hint: "free some in out",
  });
});

test("a job for code that cannot be wrapped: start, complete", async () => {
  const { playhead, engine, clock } = setup();
  const job = playhead.job({ kind: "demo" });
  job.start();
  const task = job.create({ kind: "stage", title: "merging", fields: { video_count: 3 } });
  task.start();
  task.progress(0.5);
  await clock.advance(300);
  task.complete({ file_size_bytes: 12 });
  job.complete({ ok: true });
  job.complete({ ok: "too late" });
  job.fail(new Error("too late"));
  await clock.advance(20);
  expect(lines(engine.facts(job.job_id))).toEqual([
    "job.created",
    "job.state_changed running",
    "session.started",
    "task.created",
    "stage.started processing",
    "stage.completed completed",
    "job.state_changed completing",
    "job.state_changed completed",
    "job.completed",
    "session.completed completed",
  ]);
  const [started, completed] = engine.facts(job.job_id).filter(({ type }) => type.startsWith("stage."));
  expect(started?.data).toEqual({ task_id: "t1", stage: "merging", state: "processing", video_count: 3 });
  expect(completed?.data).toEqual({
    task_id: "t1",
    stage: "merging",
    state: "completed",
    details: { file_size_bytes: 12 },
    duration_ms: 300,
    file_size_bytes: 12,
    video_count: 3,
    percent_complete: 100,
  });
  expect(engine.job(job.job_id).summary).toEqual({ ok: true });
});

test("a job for code that cannot be wrapped: fail before start", async () => {
  const { playhead, engine, clock } = setup();
  const job = playhead.job({ kind: "demo" });
  job.fail(new Error("never began"));
  await clock.advance(20);
  expect(engine.job(job.job_id)).toMatchObject({ state: "failed", error: { error_message: "never began" } });
  await expect(job.run(() => 1)).rejects.toMatchObject({ code: "conflict" });
});

test("a job runs once", async () => {
  const { playhead } = setup();
  const job = playhead.job({ kind: "demo" });
  await job.run(() => undefined);
  await expect(job.run(() => undefined)).rejects.toMatchObject({ name: "PlayheadError", code: "conflict" });
});

test("the job's own artifacts and updates", async () => {
  const { playhead, engine, clock } = setup();
  const job = playhead.job({ kind: "demo" });
  await job.run(() => {
    job.update({ title: "Better", rate_limited: true });
    job.artifact({ type: "manifest", url: "/out/manifest.json?sig=1" });
  });
  await clock.advance(20);
  expect(engine.job(job.job_id)).toMatchObject({
    title: "Better",
    rate_limited: true,
    artifacts: [{ type: "manifest", name: "manifest.json", url: "/out/manifest.json?sig=1" }],
  });
  const completed = engine.facts(job.job_id).find(({ type }) => type === "job.completed");
  expect(completed?.data).toMatchObject({ summary: null, artifacts: [{ type: "manifest", name: "manifest.json" }] });
});

test("a job that the server knows already is not announced", async () => {
  const { playhead, engine, clock, refused } = setup();
  const other = setup();
  const announced = playhead.job({ kind: "clips", id: "job_http" });
  expect(announced.state).toBe("pending");
  await clock.advance(20);
  other.playhead.job({ kind: "clips", id: "job_http", announce: false });
  await other.clock.advance(20);
  expect(other.engine.jobIds()).toEqual([]);
  expect(engine.jobIds()).toEqual(["job_http"]);
  expect(refused).toEqual([]);
});
