import { type EventRecord, type EventType, type JsonObject, type TaskChange, taskEventType } from "@playhead/core";
import type { Importance } from "../recorder/record-queue.ts";
import type { Report } from "../recorder/recorder.ts";
import type { TaskNode } from "./task-node.ts";

/** Changes that can be missed when there is no room: what follows still makes sense. */
const MISSABLE: ReadonlySet<TaskChange> = new Set(["step_changed", "retried"]);

/**
 * Reports what happened to a task, unless its job has ended, or the server cannot know the task.
 *
 * @param type the event's, where the task's kind does not tell it
 */
export function sayTask(
  task: TaskNode,
  change: TaskChange,
  data: JsonObject,
  type: EventType = taskEventType(task.kind, change),
): void {
  const { scope } = task;
  if (task.isCut || scope.isSilent) return;
  const importance: Importance = MISSABLE.has(change) ? "step" : "task";
  const isTaken = scope.recorder.record(reportOf(task, type, data), importance);
  if (!isTaken && (change === "created" || change === "started")) task.isCut = true;
}

/** Before a fact that says where a task stands: what only a tick that is held back would have told, details, goes first. */
export function settleTick({ tickSlot, details, scope }: TaskNode): void {
  if (tickSlot !== null) scope.recorder.settleTick(tickSlot, details === null ? "forget" : "send");
}

/** The record of how far a task is; null when nobody needs to know any more. */
export function tickOf(task: TaskNode): EventRecord | null {
  if (task.state !== "processing" || task.isCut || task.scope.isSilent) return null;
  const { step, percent, details } = task;
  const data = {
    ...(step !== null && { step }),
    percent_complete: shownPercent(percent),
    ...(details !== null && { details }),
  };
  return task.scope.recorder.stamp(reportOf(task, taskEventType(task.kind, "progressed"), data));
}

/** A percentage with two decimals, rounded down, so that rounding never shows more than there is. */
export function shownPercent(percent: number): number {
  return Math.floor(percent * 100 + 1e-6) / 100;
}

function reportOf({ scope, id, identity }: TaskNode, type: EventType, data: JsonObject): Report {
  return { type, job_id: scope.job.job_id, data: { task_id: id, ...identity, ...data } };
}
