import type { JsonObject } from "@playhead/core";
import { cleanedError } from "../cleaned-error.ts";
import { copyAsJsonObject, shortText } from "../json-copy.ts";
import { createTickSlot } from "../recorder/tick-slots.ts";
import { startTask } from "./life.ts";
import { sayTask, settleTick, shownPercent, tickOf } from "./say.ts";
import { NO_STEP, nextShare, percentWithin } from "./step-share.ts";
import type { TaskNode } from "./task-node.ts";

type Details = Readonly<Record<string, unknown>>;

/** Reports how far the whole task is, 0..1; what is not a number is ignored, and so is what would go back. */
export function reportProgress(task: TaskNode, fraction: number, details: Details | undefined): void {
  raise(task, fraction * 100, details);
}

/** Reports how far a step is, 0..1, unless a later one has begun. */
export function reportStepProgress(
  task: TaskNode,
  stepNumber: number,
  fraction: number,
  details: Details | undefined,
): void {
  if (stepNumber !== task.stepNumber || !Number.isFinite(fraction)) return;
  raise(task, percentWithin(task.share, fraction), details);
}

/** Reports what goes on, of a step unless a later one has begun. */
export function reportDetails(task: TaskNode, stepNumber: number, details: Details): void {
  if (stepNumber === task.stepNumber) raise(task, task.percent, details);
}

/** Reports that a step begins. @returns its number */
export function beginStep(task: TaskNode, name: string, details: Details | undefined): number {
  task.stepNumber += 1;
  task.isInStep = false;
  if (!isOpen(task)) return task.stepNumber;
  startTask(task);
  settleTick(task);
  task.share = nextShare(task.plan, task.share, name, task.percent);
  task.step = shortText(name, 200);
  task.details = copyAsJsonObject(details);
  sayStep(task, task.step);
  return task.stepNumber;
}

/** Reports that the task is tried again: it stays `processing`, and its bar starts anew. */
export function retryTask(task: TaskNode, error: unknown): void {
  const { step, tickSlot, scope } = task;
  if (!isOpen(task)) return;
  startTask(task);
  // A tick of the attempt that failed must not come behind this.
  if (tickSlot !== null) scope.recorder.dropTick(tickSlot);
  task.attempt += 1;
  task.percent = 0;
  task.details = null;
  sayTask(task, "retried", {
    attempt: task.attempt,
    ...cleanedError(error),
    ...(step !== null && { failed_step: step }),
  });
  if (step !== null && task.isInStep) {
    // Only this step is tried again, by its own callback; those before it stay done.
    sayStep(task, step);
  } else {
    task.step = null;
    task.stepNumber += 1;
    task.share = NO_STEP;
  }
}

function sayStep(task: TaskNode, step: string): void {
  task.percent = Math.max(task.percent, task.share.start);
  sayTask(task, "step_changed", {
    step,
    percent_complete: shownPercent(task.percent),
    ...(task.details !== null && { details: task.details }),
  });
}

function raise(task: TaskNode, percent: number, details: Details | undefined): void {
  if (!isOpen(task)) return;
  const grows = percent > task.percent;
  if (!grows && details === undefined) return;
  startTask(task);
  if (grows) task.percent = Math.min(100, percent);
  if (details !== undefined) task.details = mergedDetails(task.details, details);
  task.tickSlot ??= createTickSlot(() => tickOf(task));
  task.scope.recorder.tick(task.tickSlot);
}

function mergedDetails(before: JsonObject | null, details: Details): JsonObject | null {
  const copied = copyAsJsonObject(details);
  return copied === null || before === null ? (copied ?? before) : { ...before, ...copied };
}

function isOpen({ state, scope }: TaskNode): boolean {
  return (state === "processing" || state === "pending") && !scope.isSilent;
}
