import { describe, expect, test } from "vitest";
import { JOB_ID } from "../test-support/ledger.ts";
import { decide } from "./decide.ts";
import type { EventType, PlayheadEvent } from "./event.ts";
import { applyEvent } from "./fold.ts";
import { draftOf, emptyJob } from "./job-draft.ts";
import type { JsonObject } from "./json.ts";

const TS = "2026-11-21T10:42:00.000Z";

/** What is said of a video, one report after the other, and the job that comes of it. */
function play(...reports: readonly (readonly [type: EventType, data: JsonObject])[]) {
  const job = draftOf(emptyJob(JOB_ID));
  const facts: PlayheadEvent[] = [];
  for (const [type, data] of [["job.created", {}] as const, ...reports]) {
    for (const fact of decide(job.seq === 0 ? undefined : job, { type, ts: TS, job_id: JOB_ID, data })) {
      const event = { ...fact, ts: TS, job_id: JOB_ID, seq: job.seq + 1, correlation_id: "c" };
      applyEvent(job, event);
      facts.push(event);
    }
  }
  return { task: job.tasks.get("t"), ids: facts.slice(1).map(({ data }) => data.id) };
}

describe("every fact of a video says which one it is", () => {
  test.each<{ name: string; created: JsonObject | null; id: string }>([
    { name: "by the id it was created with", created: { task_id: "t", id: "row-1" }, id: "row-1" },
    { name: "by the id among its fields", created: { task_id: "t", fields: { id: "row-1" } }, id: "row-1" },
    { name: "by its task_id, where it was given none", created: { task_id: "t" }, id: "t" },
    { name: "beside other fields", created: { task_id: "t", id: "row-1", fields: { voice: "a" } }, id: "row-1" },
    { name: "also when its first event brought it into being", created: null, id: "t" },
  ])("$name", ({ created, id }) => {
    const { task, ids } = play(
      ...(created === null ? [] : [["video.created", created] as const]),
      ["video.updated", { task_id: "t", state: "processing" }],
      ["task.artifact_added", { task_id: "t", artifact: { type: "video", name: "1.mp4" } }],
      ["video.completed", { task_id: "t" }],
    );
    expect(ids).toEqual([id, id, id, id]);
    expect(task?.fields.id).toBe(id);
    expect(task?.fields.voice).toBe((created?.fields as JsonObject | undefined)?.voice);
  });

  test("what a worker says itself is left as it is; of other kinds nothing is said", () => {
    expect(play(["video.failed", { task_id: "t", id: "row-9" }]).ids).toEqual(["row-9", "row-9"]);
    expect(play(["task.created", { task_id: "t", kind: "clip" }], ["task.started", { task_id: "t" }]).ids).toEqual([
      undefined,
      undefined,
    ]);
  });

  test("one that is created as a plain task of that kind, too", () => {
    const { ids, task } = play(["task.created", { task_id: "t", kind: "video" }], ["task.started", { task_id: "t" }]);
    expect(ids).toEqual(["t", "t"]);
    expect(task?.fields).toEqual({ id: "t" });
  });
});
