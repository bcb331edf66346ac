import { type EventFrame, isEventType } from "@playhead/core";
import type { Frame } from "./socket.ts";
import type { TestServer } from "./start-server.ts";

/** A job with two clips, to its end, step by step. */
export async function* runJob({ record, send }: TestServer, jobId: string): AsyncGenerator<void> {
  const steps = [
    [record(jobId, "job.created", { kind: "clips", title: "Episode 12" })],
    [record(jobId, "job.state_changed", { new_state: "running" })],
    [
      record(jobId, "task.created", { task_id: "s", kind: "scene", title: "Scene" }),
      record(jobId, "task.created", { task_id: "c1", parent_id: "s", kind: "clip", title: "One" }),
      record(jobId, "task.created", { task_id: "c2", parent_id: "s", kind: "clip", title: "Two" }),
    ],
    [
      record(jobId, "scene.started", { task_id: "s" }),
      record(jobId, "clip.progress", { task_id: "c1", step: "rendering" }),
    ],
    [record(jobId, "log", { level: "info", message: "rendering" })],
    [{ ...record(jobId, "clip.progress", { task_id: "c1", percent_complete: 50 }), n: undefined as never }],
    [record(jobId, "clip.uploaded", { task_id: "c1", artifact: { type: "video", name: "1.mp4" } })],
    [
      record(jobId, "clip.progress", { task_id: "c1", step: "complete" }),
      record(jobId, "clip.progress", { task_id: "c2", step: "rendering" }),
    ],
    [
      record(jobId, "clip.progress", { task_id: "c2", step: "complete" }),
      record(jobId, "scene.completed", { task_id: "s" }),
    ],
    [record(jobId, "job.completed", { summary: { clips: 2 } })],
  ];
  for (const records of steps) {
    await send(...records.map(({ n, ...others }) => (n === undefined ? others : { ...others, n })));
    yield;
  }
}

/** Runs a job to its end. */
export const finish = async (steps: AsyncGenerator<void>) => {
  for await (const _ of steps);
};

/** @returns whether a frame is a fact or a tick */
export const isEvent = (frame: Frame): frame is Frame & EventFrame => isEventType(frame.type) && frame.type !== "log";
