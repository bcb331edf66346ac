import type { NewTask } from "../reading/said-job.ts";
import type { SaidSpan } from "../reading/said-span.ts";
import { type JobPlan, MAIN_TASK } from "./job-plan.ts";
import type { Trace } from "./traces.ts";

/** The task that a span is of: its own, or the one within which it ran; null for none. */
function noteTask(span: SaidSpan, trace: Trace): string | null {
  const within = trace.taskOf.get(span.parentSpanId ?? "") ?? null;
  const taskId = span.taskId ?? (span.task === null ? within : span.spanId);
  if (taskId !== null) trace.taskOf.set(span.spanId, taskId);
  return taskId;
}

/**
 * What a span means for its job: a task that ran, and progress.
 *
 * @returns the task that it is of; null for none
 */
export function planSpan(span: SaidSpan, plan: JobPlan, trace: Trace): string | null {
  const { task, outcome, startMs, endMs } = span;
  const taskId = noteTask(span, trace);
  const ownId = task === null ? null : taskId;
  if (task !== null && ownId !== null) {
    const placed = { ...task, parentId: task.parentId ?? trace.taskOf.get(span.parentSpanId ?? "") ?? null };
    if (outcome.state === "skipped") plan.addSkipped(ownId, placed, outcome.reason, startMs);
    else plan.startTask(ownId, placed, startMs);
  }
  const target = taskId ?? MAIN_TASK;
  for (const { fraction, atMs } of span.progress) {
    if (target === MAIN_TASK) plan.startTask(MAIN_TASK, mainTask(span.title), startMs);
    plan.progress(target, fraction, atMs);
  }
  if (ownId !== null) plan.endTask(ownId, outcome, endMs);
  return taskId;
}

export const mainTask = (title: string): NewTask => ({ kind: "stage", title, parentId: null, weight: null });
