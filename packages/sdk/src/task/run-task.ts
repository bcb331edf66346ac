import { isFinalTaskState, PlayheadError } from "@playhead/core";
import { cancelReason, isCancellation } from "../cleaned-error.ts";
import { contextOf, runInContext } from "../context.ts";
import type { Frame } from "../control/frames.ts";
import type { Slots } from "../control/slots.ts";
import type { Maybe, TaskHandle, TaskOutcome } from "../handles.ts";
import { cancelTask, completeTask, failTask, startTask } from "./life.ts";
import type { JobScope, TaskNode } from "./task-node.ts";

/** What became of a task's callback. */
export type Attempt<Value> =
  | { readonly isDone: true; readonly value: Value }
  | { readonly isDone: false; readonly error: unknown };

/** The frame of the code that calls: its callback's, or the innermost one around the task that still runs. */
export function callingFrame(scope: JobScope, task: TaskNode | null): Frame {
  const context = contextOf(scope.job.job_id);
  if (context !== null) return context.frame;
  for (let above = task; above !== null; above = above.parent) {
    if (above.frame?.isOpen) return above.frame;
  }
  return scope.rootFrame;
}

/** Waits for a slot and for the gate, runs the task's callback, and ends the task accordingly. Never rejects. */
export async function attemptTask<Value>(
  task: TaskNode,
  run: (handle: TaskHandle) => Maybe<Value>,
  slots: Slots | null,
): Promise<Attempt<Value>> {
  const { scope, signal } = task;
  const caller = callingFrame(scope, task.parent);
  try {
    // Tasks that end as soon as they start would otherwise fill the recorder before it gets to send anything.
    const room = scope.recorder.room();
    if (room !== null) await room;
    await waitForSlot(scope, caller, slots);
    try {
      await scope.gate.pass(caller, signal);
      if (isFinalTaskState(task.state)) throw endedEarlier(task);
      return { isDone: true, value: await runInFrame(task, caller, run) };
    } finally {
      slots?.release();
    }
  } catch (error) {
    if (signal.aborted || isCancellation(error)) cancelTask(task, cancelReason(signal.aborted ? signal.reason : error));
    else failTask(task, error);
    return { isDone: false, error };
  }
}

/** How a task ended whose callback has ended. */
export function outcomeOf<Value>(task: TaskNode, attempt: Attempt<Value>): TaskOutcome<Value> {
  const task_id = task.id;
  if (task.state === "skipped") return { state: "skipped", task_id, reason: task.reason ?? "" };
  const error = attempt.isDone ? task.error : attempt.error;
  if (task.state === "canceled") return { state: "canceled", task_id, reason: task.reason ?? "", error };
  if (task.state === "failed" || !attempt.isDone) return { state: "failed", task_id, error };
  return { state: "completed", task_id, value: attempt.value };
}

async function waitForSlot({ gate }: JobScope, caller: Frame, slots: Slots | null): Promise<void> {
  const free = slots?.acquire() ?? null;
  if (free === null) return;
  gate.frames.addQuietReason(caller);
  await free;
  gate.frames.removeQuietReason(caller);
}

async function runInFrame<Value>(
  task: TaskNode,
  caller: Frame,
  run: (handle: TaskHandle) => Maybe<Value>,
): Promise<Value> {
  const { scope } = task;
  const { frames } = scope.gate;
  const frame = frames.open(caller);
  task.frame = frame;
  // One with planned steps starts with the first of them: until then it can still be skipped.
  if (!task.startsLate) startTask(task);
  try {
    const handle = scope.handleOf(task);
    const value = await runInContext({ job: scope.job, task: handle, frame, lane: scope.lane }, () => run(handle));
    if (!isFinalTaskState(task.state)) completeTask(task, null);
    return value;
  } finally {
    frames.close(frame);
  }
}

function endedEarlier({ id, state, reason }: TaskNode): PlayheadError {
  if (state === "failed" || state === "completed")
    return new PlayheadError("conflict", `task ${id} is ${state} already and cannot be run`);
  return new PlayheadError("canceled", `task ${id} was ${state} before it could run`, { detail: { reason } });
}
