import {
  type Artifact,
  type EventRecord,
  type EventType,
  type JsonObject,
  PlayheadError,
  type RefusedRecord,
} from "@playhead/core";
import { cancelReason, cleanedError } from "../cleaned-error.ts";
import { copyAsJsonObject } from "../json-copy.ts";

/** What a worker reports as a job's end; the server says the steps on the way there. */
export interface JobEnd {
  readonly type: Extract<EventType, "job.completed" | "job.canceled" | "job.failed">;
  readonly data: JsonObject;
}

/** The job has done its work. */
export function completedEnd(summary: JsonObject | null, artifacts: readonly Artifact[]): JobEnd {
  const made = artifacts.length === 0 ? {} : { artifacts: artifacts.map((artifact) => ({ ...artifact })) };
  return { type: "job.completed", data: { summary, ...made } };
}

/** Someone canceled the job; what it had done by then may still be told in a summary. */
export function canceledEnd(thrown: unknown, summary: JsonObject | null): JobEnd {
  return { type: "job.canceled", data: { reason: cancelReason(thrown), ...(summary !== null && { summary }) } };
}

/** A worker that is told to stop gives its jobs back: they are nobody's failure, and nobody wanted them canceled. */
export function isGivenBack(reason: unknown): reason is PlayheadError {
  return reason instanceof PlayheadError && reason.code === "worker_stopped";
}

/** The job was stopped by whoever runs it, or by somebody who does not want it any more. */
export function stoppedEnd(reason: unknown, summary: JsonObject | null): JobEnd {
  return isGivenBack(reason) ? failedEnd(reason) : canceledEnd(reason, summary);
}

/** The job failed; viewers get the error cleaned. */
export function failedEnd(error: unknown): JobEnd {
  return { type: "job.failed", data: { ...cleanedError(error) } };
}

/** What a job's callback returned, if it can be a summary: a plain object. */
export function summaryOf(value: unknown): JsonObject | null {
  if (typeof value !== "object" || value === null) return null;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? copyAsJsonObject(value) : null;
}

/**
 * What to report instead when the server has refused something, because meanwhile, and before the worker heard of it,
 * someone had paused or canceled the job; null when that is not why.
 *
 * - A change of state: nothing, the command that is on its way brings the two together.
 * - The end of a job that is being canceled: that it is canceled, with what it had done.
 * - The end of a job that is paused: that it goes on, and then the end.
 */
export function afterRefusal(
  record: EventRecord,
  refused: RefusedRecord,
): readonly { type: EventType; data: JsonObject }[] | null {
  const state = refused.error_code === "conflict" ? refused.detail.state : undefined;
  if (record.type === "job.state_changed") return typeof state === "string" && !FINAL.has(state) ? [] : null;
  if (record.type !== "job.completed") return null;
  if (state === "canceling")
    return [{ type: "job.canceled", data: { reason: "canceled", summary: record.data.summary ?? null } }];
  if (state === "paused") return [goesOn(), { type: record.type, data: record.data }];
  return null;
}

/** Whether the beginning of a job was refused because another worker has begun it. */
export function isBegunElsewhere({ type, data }: EventRecord, { error_code, detail }: RefusedRecord): boolean {
  const isBeginning = type === "job.state_changed" && data.new_state === "running";
  return isBeginning && error_code === "conflict" && BEGUN.has(String(detail.state));
}

/** Whether a record was refused because its job has ended. */
export function isEndedAtServer({ error_code, detail }: RefusedRecord): boolean {
  return error_code === "conflict" && typeof detail.state === "string" && FINAL.has(detail.state);
}

/** The report that a job whose work is done is not paused any more. */
export function goesOn(): { readonly type: EventType; readonly data: JsonObject } {
  return { type: "job.state_changed", data: { new_state: "running", reason: "its work is done" } };
}

/** States of a job that somebody runs. */
const BEGUN: ReadonlySet<string> = new Set(["running", "pausing", "paused", "completing"]);
const FINAL: ReadonlySet<string> = new Set(["completed", "failed", "canceled"]);
