import { formatDuration, formatPercent, speakDuration } from "@playhead/client/format";
import type { Job, Task } from "@playhead/core";
import { lookOfTask } from "../../ui/state-mark.tsx";
import { lookOfStep, spell } from "../../ui/step-words.ts";
import { type Segment, segmentsOf, workedMs } from "./tracks.ts";

/** What a piece of work is called: its title, spelled when that is only a machine's word. */
export function nameOfTask({ title }: Pick<Task, "title">): string {
  return /^[a-z0-9]+(_[a-z0-9]+)*$/.test(title) ? spell(title) : title;
}

/** What it belongs to, when that is in hand. */
export function parentName(job: Pick<Job, "tasks">, task: Pick<Task, "parent_id">): string | null {
  const parent = task.parent_id === null ? undefined : job.tasks.get(task.parent_id);
  return parent === undefined ? null : nameOfTask(parent);
}

/** Where a piece of work stands, short: its step while it is under way, and how fast, else its state. */
export function standingOf(task: Task, job: Pick<Job, "state">): string {
  if (task.state !== "processing" || task.step === null) return lookOfTask(task, job).word;
  const speed = task.details?.speed_ratio;
  return typeof speed === "number" ? `${lookOfStep(task.step).word} ${speed.toFixed(1)}×` : lookOfStep(task.step).word;
}

/** The number beside a track: percent while it is under way, then how long it took. */
export function trackFigure(task: Task, nowMs: number): string {
  if (task.state === "processing") return formatPercent(task.percent_complete);
  const tookMs = workedMs(task, nowMs);
  return tookMs === null ? "" : formatDuration(tookMs);
}

/** The word before how long it took: done `in`, failed `after`, working `for`. */
export function lasted(state: Task["state"]): "for" | "in" | "after" {
  if (state === "processing") return "for";
  return state === "completed" ? "in" : "after";
}

/** What a segment was, and how long: `Render, 9.2 s`. */
export function describeSegment(
  segment: Segment,
  task: Task,
  nowMs: number,
): { readonly what: string; readonly took: string } {
  const took = formatDuration((segment.endMs ?? nowMs) - segment.startMs);
  if (segment.kind === "work") return { what: segment.step === null ? "Work" : lookOfStep(segment.step).word, took };
  if (segment.step !== null) return { what: `${lookOfStep(segment.step).word}, waiting`, took };
  return { what: task.started_at === null && task.state === "skipped" ? "Skipped" : "Waiting for a slot", took };
}

/** The whole track in words, for screen readers; its name stands before it. */
export function speakTrack(task: Task, job: Pick<Job, "tasks" | "state">, nowMs: number): string {
  const parent = parentName(job, task);
  const tookMs = workedMs(task, nowMs);
  const steps = segmentsOf(task)
    .filter(({ kind }) => kind === "work")
    .map(
      (segment) =>
        `${segment.step === null ? "work" : lookOfStep(segment.step).word} ${speakDuration((segment.endMs ?? nowMs) - segment.startMs)}`,
    );
  const parts = [
    parent,
    task.state === "processing"
      ? `${standingOf(task, job)}, ${Math.floor(task.percent_complete)} percent`
      : lookOfTask(task, job).word,
    tookMs === null ? null : `${lasted(task.state)} ${speakDuration(tookMs)}`,
    steps.length > 1 ? steps.join(", ") : null,
    task.error === null || task.state !== "failed" ? null : task.error.error_message,
  ];
  return parts.filter((part) => part !== null).join(", ");
}
