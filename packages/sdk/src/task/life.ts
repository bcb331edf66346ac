import { isFinalTaskState, type JsonObject, type TaskState } from "@playhead/core";
import { artifactOf } from "../artifact.ts";
import { cleanedError } from "../cleaned-error.ts";
import { cleanedText } from "../cleaned-text.ts";
import type { ArtifactInput } from "../handles.ts";
import { endedData, startedData } from "./event-data.ts";
import { sayTask, settleTick } from "./say.ts";
import type { TaskNode } from "./task-node.ts";

/** How many artifacts of a task its end repeats. */
const MAX_REPEATED_ARTIFACTS = 100;

/** The task has begun, and with it all that it is part of. Does nothing when it had. */
export function startTask(task: TaskNode): void {
  if (task.state !== "pending" || task.scope.isSilent) return;
  if (task.parent !== null) startTask(task.parent);
  task.state = "processing";
  task.startedMs = task.scope.recorder.nowMs();
  sayTask(task, "started", startedData(task));
}

/** The task has done what it was to do. */
export function completeTask(task: TaskNode, details: JsonObject | null): void {
  startTask(task);
  const step = task.kind === "clip" ? { step: "complete" } : {};
  endTask(task, "completed", { ...step, percent_complete: 100 }, details);
}

/** The task has failed; viewers get the error cleaned. */
export function failTask(task: TaskNode, error: unknown): void {
  if (isFinalTaskState(task.state)) return;
  const cleaned = { ...cleanedError(error) };
  const at = task.step === null ? {} : { failed_step: task.step };
  const step = task.kind === "clip" ? { step: "failed" } : {};
  const list = task.kind === "video" ? { errors: [cleaned] } : {};
  task.error = error;
  endTask(task, "failed", { ...step, ...cleaned, ...at, ...list }, null);
}

/** The task will not be done, since there is no need to; once started, it can only be canceled. */
export function skipTask(task: TaskNode, reason: string): void {
  if (task.state === "pending") {
    task.reason = cleanedText(reason);
    endTask(task, "skipped", { reason: task.reason }, null);
  } else {
    cancelTask(task, reason);
  }
}

/** The task was ended before it was done. */
export function cancelTask(task: TaskNode, reason: string): void {
  if (isFinalTaskState(task.state)) return;
  task.reason = cleanedText(reason);
  endTask(task, "canceled", { reason: task.reason }, null);
}

/** The task has made something; of a clip, its video is the clip itself, and all else belongs to it. */
export function addTaskArtifact(task: TaskNode, input: ArtifactInput): void {
  const { scope } = task;
  if (scope.isSilent) return;
  if (!isFinalTaskState(task.state)) startTask(task);
  const artifact = artifactOf(input);
  const isClip = task.kind === "clip" && artifact.type === "video";
  if (isClip && !task.artifacts.some(({ type }) => type === "video")) scope.clipsUploaded += 1;
  if (task.artifacts.length < MAX_REPEATED_ARTIFACTS) task.artifacts = [...task.artifacts, artifact];
  const counts = isClip ? { clip_count: scope.clipsUploaded, total_clips: scope.clipsDeclared } : {};
  const type = task.kind === "clip" && !isClip ? "task.artifact_added" : undefined;
  sayTask(task, "artifact_added", { ...counts, artifact: { ...artifact } }, type);
}

function endTask(
  task: TaskNode,
  state: "completed" | "failed" | "skipped" | "canceled",
  data: JsonObject,
  details: JsonObject | null,
): void {
  if (isFinalTaskState(task.state)) return;
  const { scope, parent } = task;
  settleTick(task);
  // Children that nobody will run now end before it.
  cancelPendingChildren(task, `its ${task.kind} ${STATE_WORDS[state]}`);
  task.state = state;
  sayTask(task, state, { state, ...endedData(task, details, scope.recorder.nowMs()), ...data });
  if (parent !== null) leaveParent(task, parent, state);
}

const STATE_WORDS: Readonly<Record<"completed" | "failed" | "skipped" | "canceled", string>> = {
  completed: "completed without it",
  failed: "failed",
  skipped: "was skipped",
  canceled: "was canceled",
};

function cancelPendingChildren(task: TaskNode, reason: string): void {
  for (const child of task.openChildren ?? []) {
    if (child.state === "pending") cancelTask(child, reason);
  }
}

function leaveParent(task: TaskNode, parent: TaskNode, state: TaskState): void {
  parent.openChildren?.delete(task);
  if (task.kind !== "clip" || (state !== "completed" && state !== "failed")) return;
  for (let above: TaskNode | null = parent; above !== null; above = above.parent) above.clips[state] += 1;
}
