import { CLIP_STEPS, type EventType } from "@playhead/core";

/** A fact of one of many jobs that run at the same time. */
export interface WorkloadFact {
  /** Place of its job, from 0 on. */
  readonly job: number;
  readonly type: EventType;
  readonly tsMs: number;
  readonly data: Readonly<Record<string, unknown>>;
}

const START_MS = Date.UTC(2026, 0, 1);
/** A clip is announced, goes through all steps but the failing one, and then the next clip begins. */
const STEPS = CLIP_STEPS.filter((step) => step !== "failed");

/**
 * The facts of jobs that cut clips, each from any of the jobs: the worst order for an index by job. The same seed gives
 * the same facts.
 */
export function createWorkload({ jobs, seed }: { readonly jobs: number; readonly seed: number }) {
  const done = new Uint32Array(jobs);
  let state = seed;
  let count = 0;
  const random = () => {
    // A linear congruence is random enough to pick jobs, and costs next to nothing.
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state / 0x8000_0000;
  };

  return {
    next(): WorkloadFact {
      const job = Math.floor(random() * jobs);
      const position = done[job] as number;
      done[job] = position + 1;
      count += 1;
      const clip = Math.floor(position / (STEPS.length + 1));
      const step = (position % (STEPS.length + 1)) - 1;
      // About 20 facts a second of each job, as when thousands run.
      return { job, tsMs: START_MS + count, ...(step < 0 ? announced(clip) : stepped(clip, step, count)) };
    },
  };
}

function identity(clip: number) {
  return {
    task_id: `scene_${clip}/center_focus`,
    scene_id: `scene_${clip}`,
    style: "center_focus",
    clip_id: `clip_${clip}`,
  };
}

function announced(clip: number) {
  const fields = { scene_id: `scene_${clip}`, style: "center_focus", start_sec: clip * 12.5, duration_sec: 12.5 };
  const data = { ...identity(clip), parent_id: null, kind: "clip", title: `Scene ${clip}`, weight: null, fields };
  return { type: "task.created" as const, data };
}

function stepped(clip: number, step: number, count: number) {
  const details = { frames: count % 1_000, fps: 29.97, speed: 1.25, size_bytes: 1_000_000 + count };
  const percent = Math.round((step / STEPS.length) * 1_000) / 10;
  const data = { ...identity(clip), step: STEPS[step], percent_complete: percent, details };
  return { type: "clip.progress" as const, data };
}
