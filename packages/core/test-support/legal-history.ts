import fc from "fast-check";
import { CLIP_STEPS } from "../src/clip-steps.ts";
import type { EventType, PlayheadEvent } from "../src/event.ts";
import type { Task } from "../src/job.ts";
import { isFinalJobState, JOB_STATES, JOB_TRANSITIONS } from "../src/job-state.ts";
import type { JsonObject } from "../src/json.ts";
import { type TaskChange, taskEventType } from "../src/task-event-type.ts";
import { isFinalTaskState } from "../src/task-state.ts";
import { createLedger, type Ledger } from "./ledger.ts";

/** One throw of the dice; what it means depends on where the job stands, so that every list of them is legal. */
export interface Intent {
  readonly roll: number;
  readonly pick: number;
  readonly percent: number;
  readonly waitMs: number;
  readonly sayProgress: boolean;
}

/** What a history may hold beside the plain course of things. */
export interface HistoryOptions {
  /** @defaultValue true */
  readonly mayEnd?: boolean;
}

const WEIGHTS = [null, null, 0, 1, 2.5, 7, 1_000] as const;
const KINDS = ["scene", "clip", "video", "stage", "step", "thing"] as const;
const STEPS = CLIP_STEPS.slice(0, -2);

/** Lists of throws. */
export const anyIntents = (maxLength = 90): fc.Arbitrary<Intent[]> =>
  fc.array(
    fc.record({
      roll: fc.nat(999),
      pick: fc.nat(9_999),
      percent: fc.integer({ min: 0, max: 100 }),
      waitMs: fc.nat(4_000),
      sayProgress: fc.boolean(),
    }),
    { maxLength, size: "max" },
  );

/** Legal histories of a job: its scenes, clips, steps, artifacts, retries, pauses, ticks and endings. */
export const anyHistory = (maxLength?: number, options?: HistoryOptions): fc.Arbitrary<readonly PlayheadEvent[]> =>
  anyIntents(maxLength).map((intents) => play(intents, options).events);

/** Plays throws of the dice into a new ledger. */
export function play(intents: readonly Intent[], { mayEnd = true }: HistoryOptions = {}): Ledger {
  const ledger = createLedger();
  ledger.report("job.created", { kind: "clips", title: "Episode 12", user_id: "u_7", metadata: { season: 3 } });
  for (const intent of intents) {
    if (isFinalJobState(ledger.job.state)) break;
    ledger.wait(intent.waitMs);
    step(ledger, intent, mayEnd);
    if (intent.sayProgress) ledger.sayProgress();
  }
  if (isFinalJobState(ledger.job.state)) ledger.sayProgress();
  return ledger;
}

type Move = (ledger: Ledger, intent: Intent) => boolean;

/** Shares of 1,000. A move that cannot be made gives way to a new task. */
const MOVES: readonly (readonly [share: number, move: Move])[] = [
  [170, createTask],
  [130, (ledger, intent) => change(ledger, intent, "pending", "started")],
  [140, (ledger, intent) => change(ledger, intent, "processing", "step_changed")],
  [160, tickTask],
  [50, (ledger, intent) => change(ledger, intent, "any", "artifact_added")],
  [50, (ledger, intent) => change(ledger, intent, "processing", "retried")],
  [130, (ledger, intent) => change(ledger, intent, "processing", "completed")],
  [30, (ledger, intent) => change(ledger, intent, "open", "failed")],
  [30, (ledger, intent) => change(ledger, intent, "pending", "skipped")],
  [20, (ledger, intent) => change(ledger, intent, "open", "canceled")],
  [20, updateJob],
  [70, moveJob],
];

function step(ledger: Ledger, intent: Intent, mayEnd: boolean): void {
  if (mayEnd && intent.pick % 83 === 0 && endJob(ledger, intent)) return;
  let left = intent.roll;
  const chosen = MOVES.find(([share]) => {
    left -= share;
    return left < 0;
  });
  if (chosen === undefined || !chosen[1](ledger, intent)) createTask(ledger, intent);
}

function createTask({ job, report }: Ledger, { pick, roll }: Intent): boolean {
  const kind = KINDS[pick % KINDS.length] as (typeof KINDS)[number];
  const taskId = `t${job.tasks.size + 1}`;
  const parents = [null, ...job.tasks.keys()];
  const parentId = parents[pick % parents.length] ?? null;
  const weight = WEIGHTS[roll % WEIGHTS.length] ?? null;
  const identity = { scene_id: `s${pick % 5}`, style: "split" };
  const base = { task_id: taskId, parent_id: parentId, kind, weight };
  // Simple workers send no creation: the first event of a scene, a clip, a video or a stage implies it.
  if (pick % 3 === 0 && kind === "scene") report("scene.started", { ...base, ...identity, scene_title: "Opening" });
  else if (pick % 3 === 0 && kind === "clip") report("clip.progress", { ...base, ...identity, step: "rendering" });
  else if (pick % 3 === 0 && kind === "stage") report("stage.started", { ...base, stage: "merging" });
  else report(taskEventType(kind, "created"), { ...base, title: `Task ${taskId}`, fields: identity });
  return true;
}

function tasksIn(ledger: Ledger, state: "pending" | "processing" | "open" | "any"): readonly Task[] {
  const tasks = [...ledger.job.tasks.values()];
  if (state === "any") return tasks;
  return tasks.filter((task) => (state === "open" ? !isFinalTaskState(task.state) : task.state === state));
}

function change(ledger: Ledger, intent: Intent, from: "pending" | "processing" | "open" | "any", to: TaskChange) {
  const candidates = tasksIn(ledger, from);
  const task = candidates[intent.pick % candidates.length];
  if (task === undefined) return false;
  ledger.report(taskEventType(task.kind, to), { task_id: task.task_id, ...dataOf(to, intent) });
  return true;
}

function dataOf(change: TaskChange, { pick, percent, roll }: Intent): JsonObject {
  const step = STEPS[pick % STEPS.length];
  const details = pick % 2 === 0 ? { details: { frames: percent } } : {};
  const error = { error_code: "encoder_failed", error_message: "the encoder stopped", error_class: "environment" };
  switch (change) {
    case "started":
      return { state: "processing" };
    case "step_changed":
      return { step: step ?? null, ...details, ...(pick % 3 === 0 && { percent_complete: percent }) };
    case "retried":
      return pick % 2 === 0 ? { ...error, step: step ?? null } : {};
    case "artifact_added":
      return { artifact: { type: "video", name: `${pick % 4}.mp4`, url: `/files/${pick % 4}.mp4`, size_bytes: roll } };
    case "completed":
      return { state: "completed", step: "complete", ...details };
    case "failed":
      return { state: "failed", step: "failed", ...error, failed_step: step ?? null };
    case "skipped":
      return { state: "skipped", reason: "exists already" };
    default:
      return change === "canceled" ? { state: "canceled", reason: "not wanted any more" } : {};
  }
}

function tickTask(ledger: Ledger, { pick, percent }: Intent): boolean {
  const candidates = tasksIn(ledger, "processing");
  const task = candidates[pick % candidates.length];
  if (task === undefined) return false;
  const type: EventType = taskEventType(task.kind, "progressed");
  const step = pick % 2 === 0 && task.step !== null ? { step: task.step } : {};
  const details = pick % 3 === 0 ? { details: { fps: percent } } : {};
  ledger.tick(type, { task_id: task.task_id, percent_complete: percent, ...step, ...details });
  return true;
}

function updateJob({ report }: Ledger, { pick }: Intent): boolean {
  if (pick % 2 === 0) report("job.updated", { title: `Episode ${pick}`, rate_limited: pick % 4 === 0 });
  else report("job.artifact_added", { artifact: { type: "manifest", name: `${pick % 3}.json` } });
  return true;
}

function moveJob({ job, report }: Ledger, { pick }: Intent): boolean {
  const open = JOB_STATES.filter((state) => JOB_TRANSITIONS[job.state][state] && !isFinalJobState(state));
  // Through these gates there is no way back: they are for the end.
  const ways = open.filter((state) => state !== "completing" && state !== "canceling");
  const next = ways[pick % ways.length];
  if (next === undefined) return false;
  report("job.state_changed", { new_state: next, ...(pick % 2 === 0 && { reason: "asked for" }) });
  return true;
}

function endJob({ job, report }: Ledger, { roll }: Intent): boolean {
  if (roll < 600 && (job.state === "running" || job.state === "pausing")) {
    report("job.completed", { summary: { clips: roll }, artifacts: [{ type: "report", name: "report.json" }] });
  } else if (roll < 800) {
    report("job.canceled", { reason: "not wanted any more" });
  } else {
    report("job.failed", { error_code: "disk_full", error_message: "the disk is full", error_class: "environment" });
  }
  return true;
}
