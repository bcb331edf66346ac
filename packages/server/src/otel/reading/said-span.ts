import type { Redaction } from "@playhead/core";
import type { Span } from "../wire/read-requests.ts";
import * as names from "./attribute-names.ts";
import { progressAt, textAt } from "./attribute-names.ts";
import { type NewTask, namedJob, type Outcome } from "./said-job.ts";
import { errorOf } from "./span-error.ts";
import { executionOf, linesOf, type Observed } from "./span-records.ts";

/** What a span says by itself, whatever its job is: cleaned, and as small as it is of use. */
export interface SaidSpan {
  readonly is: "span";
  readonly spanId: string;
  readonly parentSpanId: string | null;
  /** The job that it names; null where it names none. */
  readonly jobId: string | null;
  /** Whether it says itself that it is a job's, from its beginning to its end. */
  readonly isMarked: boolean;
  /** Whether it is the topmost span of its trace in this program, below another program's. */
  readonly isLocalRoot: boolean;
  readonly startMs: number;
  readonly endMs: number;
  /** What the job is called, where it is the job's own span, and what its work is, where it tells how far that is. */
  readonly title: string;
  /** The task that it names, without saying whether there is one. */
  readonly taskId: string | null;
  /** The task that it is. */
  readonly task: NewTask | null;
  readonly progress: readonly { readonly fraction: number; readonly atMs: number }[];
  readonly outcome: Outcome;
  /** Its execution; of which job and task it is, is still to be said. */
  readonly observed: Observed;
}

/** The line that an event of a span is; it comes after its span. */
export interface SaidEvent {
  readonly is: "event";
  readonly observed: Observed;
}

const SERVER = 2;
const CONSUMER = 5;

const isTask = ({ attributes }: Span) => textAt(attributes, names.TASK_KIND, 100) !== null;

/** Whether the span says itself that it is a job's, from its beginning to its end. */
export const isMarked = ({ attributes }: Span): boolean =>
  textAt(attributes, names.JOB_KIND) !== null &&
  attributes[names.TASK_ID] === undefined &&
  attributes[names.TASK_KIND] === undefined;

/** Whether it is a job's own: marked so, or the first of its trace. */
export const isOfJob = (span: Span): boolean => span.parentSpanId === null || isMarked(span);

export function saidSpanOf(span: Span, redaction: Redaction): SaidSpan {
  const { spanId, parentSpanId, attributes, origin, startMs, endMs, kind } = span;
  const progress = progressOf(span);
  const isJobs = isOfJob(span);
  return {
    is: "span",
    ...{ spanId, parentSpanId, startMs, endMs, progress },
    jobId: namedJob(attributes, origin),
    isMarked: isMarked(span),
    isLocalRoot: span.isParentRemote && (kind === SERVER || kind === CONSUMER),
    title: isJobs || progress.length > 0 ? redaction.text(textAt(attributes, names.JOB_TITLE) ?? span.name) : "",
    taskId: textAt(attributes, names.TASK_ID, 200),
    task: isTask(span) ? taskOf(span, redaction) : null,
    outcome: outcomeOf(span, redaction),
    observed: executionOf(span, isTask(span) || isJobs, redaction),
  };
}

/** The lines that its events are. */
export function saidEventsOf(span: Span, redaction: Redaction): readonly SaidEvent[] {
  return linesOf(span, redaction).map((observed) => ({ is: "event", observed }));
}

function progressOf({ events, attributes, endMs }: Span): SaidSpan["progress"] {
  return [...events, { attributes, timeMs: endMs }].flatMap((said) => {
    const fraction = progressAt(said.attributes);
    return fraction === null ? [] : [{ fraction, atMs: said.timeMs }];
  });
}

/** How the work ended that a span is of. */
function outcomeOf(span: Span, { text }: Redaction): Outcome {
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
