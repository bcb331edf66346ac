import type { EventRecord, EventType, JsonObject } from "@playhead/core";
import type { Engine } from "../src/engine.ts";

/** How a job of clips goes that a test tells: two at a time, by its own clock. */
export interface ToldClips {
  readonly jobId: string;
  readonly beganMs: number;
  readonly clipSec: number;
  /** Told the time of each step, before it happens. */
  readonly onTime?: (nowMs: number) => void;
}

/** So many clips are in each. */
export const CLIPS = 6;

/** Tells of a job of six clips, step by step. */
export async function* tellClips(engine: Engine, told: ToldClips): AsyncGenerator<void> {
  const { jobId, beganMs, clipSec, onTime } = told;
  let n = 0;
  const at = (sec: number, type: EventType, data: JsonObject = {}): EventRecord => {
    return { n: ++n, job_id: jobId, type, data, ts: new Date(beganMs + sec * 1_000).toISOString() };
  };
  const send = async (sec: number, ...records: readonly EventRecord[]) => {
    onTime?.(beganMs + sec * 1_000);
    await engine.ingest.ingest({ source: `w-${jobId}`, records }, { tenantId: "default", worker: "w" });
  };
  const clips = Array.from({ length: CLIPS }, (_, clip) => `clip_${clip}`);
  const create = (task_id: string) =>
    at(0, "task.created", { task_id, kind: "clip", title: task_id, fields: { duration_sec: 8 } });
  yield await send(
    0,
    at(0, "job.created", { kind: "clips", title: "Episode" }),
    at(0, "job.state_changed", { new_state: "running" }),
    ...clips.map(create),
  );
  for (let turn = 0; turn < CLIPS / 2; turn++) {
    const pair = clips.slice(turn * 2, turn * 2 + 2);
    const from = turn * clipSec;
    yield await send(from, ...pair.map((task_id) => at(from, "task.started", { task_id })));
    const to = from + clipSec;
    yield await send(to, ...pair.map((task_id, each) => at(to - each, "task.completed", { task_id })));
  }
  const end = (CLIPS / 2) * clipSec;
  yield await send(end, at(end, "job.completed"));
}

/** Tells of one to its end. */
export async function tellAll(engine: Engine, told: ToldClips): Promise<void> {
  for await (const _ of tellClips(engine, told));
}
