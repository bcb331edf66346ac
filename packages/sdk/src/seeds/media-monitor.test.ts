import { expect, test } from "vitest";
import { setup as setupPlayhead } from "../testing/setup.ts";
import { MediaMonitor, mediaMonitor, ProcessingStage } from "./media-monitor.ts";

function setup(options: { readonly lastStage?: string } = {}) {
  const world = setupPlayhead();
  return { ...world, monitor: new MediaMonitor({ playhead: world.playhead, ...options }) };
}

/** The types of a job's facts, with the stage that each is about. */
const story = ({ engine }: ReturnType<typeof setup>, jobId: string) =>
  engine
    .facts(jobId)
    .filter(({ type }) => /^(stage|job\.(completed|failed|created))/.test(type))
    .map(({ type, data }) => (data.stage === undefined ? type : `${type} ${String(data.stage)}`));

const { ANALYSIS, COMPRESSION, MERGING, CLEANUP } = ProcessingStage;

test("the seed's own run: the stages of a session, and its end with the last", async () => {
  const world = setup();
  const { monitor, clock, engine, refused } = world;
  for (const stage of [ANALYSIS, MERGING, CLEANUP]) {
    monitor.startProcessing({ session_id: "s", user_id: "user_456", stage });
    await clock.advance(1_500);
    monitor.completeProcessing({ session_id: "s", stage, success: true, file_size_bytes: 5_000_000, video_count: 3 });
  }
  await clock.advance(100);
  expect(story(world, "s")).toEqual([
    "job.created",
    "stage.started analysis",
    "stage.completed analysis",
    "stage.started merging",
    "stage.completed merging",
    "stage.started cleanup",
    "stage.completed cleanup",
    "job.completed",
  ]);
  const [, , analysed] = engine.facts("s").filter(({ type }) => /^(job.created|stage)/.test(type));
  expect(analysed?.data).toMatchObject({ duration_ms: 1_500, file_size_bytes: 5_000_000, video_count: 3 });
  expect(engine.job("s")).toMatchObject({ state: "completed", kind: "merge", user_id: "user_456" });
  expect(refused).toEqual([]);
});

test("an error is in the log with its context, fails its stage and its session, and cleaning up begins nothing anew", async () => {
  const world = setup();
  const { monitor, clock, engine, refused } = world;
  monitor.startProcessing({ session_id: "s", stage: COMPRESSION });
  monitor.logProcessingError({
    session_id: "s",
    user_id: "user_456",
    stage: COMPRESSION,
    error: new TypeError("no such codec"),
    context: { codec: "h266" },
  });
  monitor.startProcessing({ session_id: "s", stage: CLEANUP });
  monitor.completeProcessing({ session_id: "s", stage: CLEANUP });
  monitor.completeProcessing({ session_id: "s", stage: COMPRESSION, success: false });
  await clock.advance(100);
  expect(story(world, "s")).toEqual([
    "job.created",
    "stage.started compression",
    "stage.failed compression",
    "job.failed",
  ]);
  expect(engine.logs("s")[0]).toMatchObject({
    level: "error",
    message: "no such codec",
    fields: { stage: "compression", codec: "h266" },
  });
  expect(engine.job("s").error?.error_message).toContain("no such codec");
  expect(refused).toEqual([]);
});

test("whoever tries a session again begins a new job, which says of which it is a retry", async () => {
  const { monitor, clock, engine } = setup({ lastStage: MERGING });
  monitor.startProcessing({ session_id: "s", stage: MERGING });
  monitor.completeProcessing({ session_id: "s", stage: MERGING, success: false, error: "no memory" });
  monitor.startProcessing({ session_id: "s", stage: MERGING });
  monitor.completeProcessing({ session_id: "s", stage: MERGING });
  await clock.advance(100);
  expect(engine.job("s")).toMatchObject({ state: "failed", attempt: 1 });
  expect(engine.job("s-2")).toMatchObject({ state: "completed", attempt: 2, retry_of: "s" });
});

test.each([
  {
    name: "an error in a session that nobody began begins it",
    say: (monitor: MediaMonitor) => monitor.logProcessingError({ session_id: "s", stage: MERGING, error: "no" }),
    state: "failed",
    stages: ["stage.started merging", "stage.failed merging"],
  },
  {
    name: "a cleanup that fails spoils nothing",
    say(monitor: MediaMonitor) {
      monitor.startProcessing({ session_id: "s", stage: CLEANUP });
      monitor.completeProcessing({ session_id: "s", stage: CLEANUP, success: false });
    },
    state: "completed",
    stages: ["stage.started cleanup", "stage.failed cleanup"],
  },
  {
    name: "a stage that is begun twice is one; begun again after its end, another",
    say(monitor: MediaMonitor) {
      for (let times = 0; times < 2; times++) monitor.startProcessing({ session_id: "s", stage: MERGING });
      monitor.completeProcessing({ session_id: "s", stage: MERGING });
      monitor.startProcessing({ session_id: "s", stage: MERGING });
    },
    state: "running",
    stages: ["stage.started merging", "stage.completed merging", "stage.started merging"],
  },
])("$name", async ({ say, state, stages }) => {
  const world = setup();
  say(world.monitor);
  await world.clock.advance(100);
  expect(world.engine.job("s").state).toBe(state);
  expect(story(world, "s").filter((line) => line.startsWith("stage"))).toEqual(stages);
  expect(world.refused).toEqual([]);
});

test("what is said of the end of a session that nobody began is ignored", () => {
  const { monitor } = setup();
  monitor.completeProcessing({ session_id: "s", stage: MERGING });
  expect(monitor.handle("s")).toBeUndefined();
});

test("there is one for each Playhead", () => {
  const { playhead } = setup();
  expect(mediaMonitor(playhead)).toBe(mediaMonitor(playhead));
  expect(mediaMonitor(playhead)).not.toBe(mediaMonitor(setup().playhead));
});
