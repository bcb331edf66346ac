import type { JsonObject, Redaction } from "@playhead/core";
import { MARK } from "../trace-mark.ts";
import { fitting } from "../wire/any-value.ts";
import type { Origin, Span } from "../wire/read-requests.ts";
import * as names from "./attribute-names.ts";
import { progressAt, textAt } from "./attribute-names.ts";
import { type JobPlan, MAIN_TASK, type NewJob, type NewTask, type Outcome } from "./job-plan.ts";
import { errorOf } from "./span-error.ts";
import { type Observed, recordsOf } from "./span-records.ts";
import type { Trace } from "./traces.ts";

const SERVER = 2;
const CONSUMER = 5;
const MAX_RESOURCE = 16_000;

/** Whether the span says itself that it is a job's, from its beginning to its end. */
export const isMarked = ({ attributes }: Span): boolean =>
  textAt(attributes, names.JOB_KIND) !== null &&
  attributes[names.TASK_ID] === undefined &&
  attributes[names.TASK_KIND] === undefined;

/** Whether it is the topmost span of its trace in this program, below another program's. */
export const isLocalRoot = ({ isParentRemote, kind }: Span): boolean =>
  isParentRemote && (kind === SERVER || kind === CONSUMER);

/** The job that spans or records of this origin are announced as, where none is known yet. */
export function newJobOf(origin: Origin, attributes: JsonObject, title: string | null, redaction: Redaction): NewJob {
  const said = { ...origin.resource, ...attributes };
  const service = textAt(origin.resource, "service.name") ?? "opentelemetry";
  return {
    kind: textAt(said, names.JOB_KIND) ?? service,
    title: redaction.text(textAt(said, names.JOB_TITLE) ?? title ?? service),
    userId: textAt(said, names.USER_ID),
    metadata: { [MARK]: redaction.fields(fitting(origin.resource, MAX_RESOURCE)) },
  };
}

/** How the work ended that a span is of. */
export function outcomeOf(span: Span, { text }: Redaction): Outcome {
  const error = errorOf(span);
  if (error !== null) {
    const message = error.class === "Error" ? error.message : `${error.class}: ${error.message}`;
    return {
      state: "failed",
      error: { error_code: "task_failed", error_class: "internal", error_message: text(message) },
    };
  }
  const state = span.attributes[names.STATE];
  if (state === "canceled" || state === "skipped") return { state, reason: text(span.statusMessage || state) };
  return { state: "completed" };
}

function taskOf(span: Span, { text }: Redaction): NewTask {
  const weight = span.attributes[names.TASK_WEIGHT];
  return {
    kind: textAt(span.attributes, names.TASK_KIND, 100) as string,
    title: text(textAt(span.attributes, names.TASK_TITLE) ?? span.name),
    parentId: textAt(span.attributes, names.TASK_PARENT, 200),
    weight: typeof weight === "number" && weight >= 0 ? weight : null,
  };
}

/** The task that a span is of: its own, or the one within which it ran; null for none. */
function noteTask(span: Span, trace: Trace): string | null {
  const said = textAt(span.attributes, names.TASK_ID, 200);
  const isTask = textAt(span.attributes, names.TASK_KIND, 100) !== null;
  const taskId = said ?? (isTask ? span.spanId : (trace.taskOf.get(span.parentSpanId ?? "") ?? null));
  if (taskId !== null) trace.taskOf.set(span.spanId, taskId);
  return taskId;
}

/** What a span means for its job: a task that ran, progress, and where the span is the job's own, its end. */
export function planSpan(span: Span, plan: JobPlan, trace: Trace, redaction: Redaction): readonly Observed[] {
  const isTask = textAt(span.attributes, names.TASK_KIND, 100) !== null;
  const taskId = noteTask(span, trace);
  const outcome = outcomeOf(span, redaction);
  if (isTask && taskId !== null) {
    const task = taskOf(span, redaction);
    const parentTask = trace.taskOf.get(span.parentSpanId ?? "") ?? null;
    const placed = { ...task, parentId: task.parentId ?? parentTask };
    if (outcome.state === "skipped") plan.addSkipped(taskId, placed, outcome.reason, span.startMs);
    else plan.startTask(taskId, placed, span.startMs);
  }
  const target = taskId ?? MAIN_TASK;
  for (const { attributes, timeMs } of [...span.events, { attributes: span.attributes, timeMs: span.endMs }]) {
    const fraction = progressAt(attributes);
    if (fraction === null) continue;
    if (target === MAIN_TASK) plan.startTask(MAIN_TASK, mainTask(span.name), span.startMs);
    plan.progress(target, fraction, timeMs);
  }
  if (isTask && taskId !== null) plan.endTask(taskId, outcome, span.endMs);
  const place = { jobId: plan.jobId, taskId, isStep: isTask || isMarked(span) || span.parentSpanId === null };
  return recordsOf(span, place, redaction);
}

export const mainTask = (title: string): NewTask => ({ kind: "stage", title, parentId: null, weight: null });
