import { createForecastHistory, type JsonObject } from "@playhead/core";
import { describe, expect, it } from "vitest";
import { createToldJob } from "../../test/told-job.ts";
import { declaredRateOf } from "./declared-rate.ts";
import { createFollowedJob } from "./followed-job.ts";
import { changeOf } from "./job-changes.ts";

const BEGIN_MS = Date.parse("2026-11-21T10:00:00.000Z");
const VIDEOS = 12;
const GAP_SEC = 10;
/** Each takes so long: a small part of the time from one to the next. */
const VIDEO_SEC = 2;
const END_SEC = (VIDEOS - 1) * GAP_SEC + VIDEO_SEC;

/** A job as `bulk` makes one: a video waits in its place until it may begin, and the job is limited while all do. */
function setup(metadata: JsonObject, declaredLater: JsonObject | null = null) {
  let clockMs = BEGIN_MS;
  const followed = createFollowedJob({ kind: "bulk", metadata }, createForecastHistory());

  const told = createToldJob(
    "job",
    () => clockMs,
    (...folded) => {
      const change = changeOf(...folded);
      if (change !== null) followed.take(change);
    },
  );

  function happens(atSec: number, ...event: Parameters<typeof told.happens>): void {
    clockMs = BEGIN_MS + atSec * 1_000;
    told.happens(...event);
  }

  happens(0, "job.created", { kind: "bulk", title: "rows.csv", metadata });
  happens(0, "job.state_changed", { old_state: "pending", new_state: "running" });
  for (let video = 0; video < VIDEOS; video++)
    happens(0, "task.created", { task_id: `v${video}`, kind: "clip", title: `row ${video}`, weight: 5 });
  if (declaredLater !== null) happens(0, "job.updated", declaredLater);
  const start = (atSec: number, video: number) =>
    happens(atSec, "task.step_changed", { task_id: `v${video}`, step: "gathering", percent_complete: 0 });
  start(0, 0);
  start(0, 1);

  return {
    /** The video ends whose turn it is; the next takes its place, and both wait. */
    video(number: number) {
      const atSec = number * GAP_SEC;
      if (number > 0) happens(atSec, "job.updated", { rate_limited: false });
      happens(atSec + VIDEO_SEC, "task.completed", { task_id: `v${number}` });
      if (number + 2 < VIDEOS) start(atSec + VIDEO_SEC, number + 2);
      if (number + 1 < VIDEOS)
        happens(atSec + VIDEO_SEC, "job.updated", {
          ...{ rate_limited: true, retry_after_ms: (GAP_SEC - VIDEO_SEC) * 1_000 },
        });
    },
    /** @returns when it ends, as it is expected then */
    ask(atSec: number) {
      const { leftSec, lowSec, highSec } = followed.ask(BEGIN_MS + atSec * 1_000);
      return { finishSec: atSec + leftSec, lowSec: atSec + lowSec, highSec: atSec + highSec };
    },
  };
}

describe("a job that may begin six pieces a minute", () => {
  it.each([
    { name: "says so when it is announced", metadata: { parallel: 2, rate: "6/min" }, later: null },
    { name: "says so as a number a minute", metadata: { parallel: 2, rate: 6 }, later: null },
    { name: "says so when it has begun", metadata: { parallel: 2 }, later: { rate: "6/min" } },
  ])("ends within what is expected from its first second on, when it $name", ({ metadata, later }) => {
    const job = setup(metadata, later);
    for (let video = 0; video < VIDEOS - 1; video++) {
      const atSec = video * GAP_SEC + 1;
      const { finishSec, lowSec, highSec } = job.ask(atSec);
      expect(lowSec).toBeLessThanOrEqual(END_SEC);
      expect(highSec).toBeGreaterThanOrEqual(END_SEC);
      // How long a video takes is not known before the first has ended.
      if (video > 0) expect(Math.abs(Math.log((finishSec - atSec) / (END_SEC - atSec)))).toBeLessThan(0.15);
      job.video(video);
    }
  });

  it("is expected to end far too early where nobody says so", () => {
    const job = setup({ parallel: 2 });
    job.video(0);
    expect(job.ask(GAP_SEC).finishSec).toBeLessThan(END_SEC / 2);
  });
});

it.each([
  ["30/min", 0.5],
  ["2/s", 2],
  ["0.5/sec", 0.5],
  ["3600/h", 1],
  [90, 1.5],
  ["0/s", null],
  ["30", null],
  ["30/day", null],
  [-1, null],
  [Number.NaN, null],
  [null, null],
  [undefined, null],
])("a rate of %j is %j a second", (said, rate) => expect(declaredRateOf(said)).toBe(rate));
