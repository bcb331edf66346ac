import {
  applyEvent,
  draftOf,
  type EventType,
  emptyJob,
  isFinalJobState,
  isFinalTaskState,
  isJobState,
  JOB_STATES,
  JOB_TRANSITIONS,
  type Job,
  type JobDraft,
  type JobState,
  type JobSummary,
  type JsonObject,
  type JsonValue,
  type PlayheadEvent,
  type Task,
} from "@playhead/core";
import { describeDifference, isPruned } from "./describe-difference.ts";

/** A fact as it was found. */
export interface FoundFact {
  readonly seq: number;
  readonly type: EventType;
  readonly tsMs: number;
  /** Null where it is the job's own. */
  readonly correlationId: string | null;
  readonly data: JsonObject;
}

/** What the row of a job's list says of it. */
export interface FoundRow {
  readonly tenantId: string;
  readonly kind: string;
  readonly title: string;
  readonly userId: string | null;
  readonly state: string;
  readonly correlationId: string;
  readonly createdMs: number;
  readonly endedMs: number | null;
}

/** What was found of a job. */
export interface FoundJob {
  readonly jobId: string;
  readonly row: FoundRow | null;
  /** The job as it stood at `summary.seq`, with its tasks. */
  readonly summary: JobSummary | null;
  readonly tasks: readonly Task[];
  /** By growing `seq`. */
  readonly facts: Iterable<FoundFact>;
}

/** A job that holds together again. */
export interface MendedJob {
  /** The projection to store: of the last fact, or the one that was found, where nothing is wrong with it. */
  readonly job: JobSummary;
  readonly tasks: readonly Task[];
  /** How many facts are known to be lost. */
  readonly lost: number;
}

const END_OF_TASK: Partial<Record<Task["state"], EventType>> = {
  completed: "task.completed",
  failed: "task.failed",
  skipped: "task.skipped",
  canceled: "task.canceled",
};

/**
 * Makes a job's history one without gaps, of all the facts that were found: they are numbered anew, where some are lost
 * a `job.updated` says how many (`lost_events`), and what the rest cannot do without is said anew, as far as the
 * projection knows it: the creation of the job and of tasks, how tasks ended, and the states in between. Of a job that
 * lost nothing, the events are what they were.
 */
export function* mendJob(found: FoundJob): Generator<PlayheadEvent, MendedJob> {
  const { jobId, row, summary, facts } = found;
  const draft = draftOf(emptyJob(jobId));
  const rows = new Map(found.tasks.map((task) => [task.task_id, task]));
  const createdMs = summary === null ? row?.createdMs : Date.parse(summary.created_at);
  const correlationId = summary?.correlation_id ?? row?.correlationId ?? "";
  let lost = 0;
  let lastSeq = 0;
  let lastMs = createdMs ?? 0;
  let isSummaryWell = false;

  function give(type: EventType, tsMs: number, data: JsonObject, ownId: string | null = null): PlayheadEvent {
    const ts = new Date(tsMs).toISOString();
    const event = { type, ts, job_id: jobId, seq: draft.seq + 1, correlation_id: ownId ?? correlationId, data };
    applyEvent(draft, event);
    lastMs = tsMs;
    return event;
  }

  function* giveGap(count: number, tsMs: number): Generator<PlayheadEvent> {
    if (count <= 0) return;
    lost += count;
    if (draft.seq === 0) yield give("job.created", createdMs ?? tsMs, creationOf(found));
    yield give("job.updated", tsMs, { lost_events: count });
  }

  function* giveStates(to: JobState, tsMs: number): Generator<PlayheadEvent> {
    for (const state of pathBetween(draft.state, to)) {
      if (isFinalJobState(state)) yield* giveTaskEnds(tsMs);
      yield give("job.state_changed", tsMs, { new_state: state });
    }
  }

  /** With the tasks above it: each is known before those below. */
  function* giveTask(taskId: unknown, tsMs: number): Generator<PlayheadEvent> {
    const task = typeof taskId === "string" ? rows.get(taskId) : undefined;
    if (task === undefined || draft.tasks.has(task.task_id)) return;
    // Out of the way of those above it, should they lead back here.
    rows.delete(task.task_id);
    yield* giveTask(task.parent_id, tsMs);
    const { task_id, parent_id, kind, title, weight, fields } = task;
    yield give("task.created", tsMs, { task_id, parent_id, kind, title, weight, fields });
  }

  function* giveTaskEnds(tsMs: number): Generator<PlayheadEvent> {
    if (lost === 0 || isFinalJobState(draft.state)) return;
    for (const task of found.tasks) {
      yield* giveTask(task.task_id, tsMs);
      const now = draft.tasks.get(task.task_id);
      const end = END_OF_TASK[task.state];
      if (now === undefined || isFinalTaskState(now.state) || end === undefined) continue;
      if (task.state === "completed" && now.state === "pending")
        yield give("task.started", tsMs, { task_id: now.task_id });
      yield give(end, tsMs, { task_id: task.task_id });
    }
  }

  if (summary !== null && isPruned(summary)) {
    // Its facts went because they were old. A history needs a first one.
    yield give("job.created", Date.parse(summary.created_at), creationOf(found));
    return { job: { ...summary, seq: draft.seq }, tasks: [], lost };
  }
  for (const fact of facts) {
    yield* giveGap(fact.seq - lastSeq - 1, fact.tsMs);
    lastSeq = fact.seq;
    // Its type may be what is damaged.
    if (draft.seq === 0 && fact.type !== "job.created") yield* giveGap(1, fact.tsMs);
    if (lost > 0) {
      if (!fact.type.endsWith(".created")) yield* giveTask(fact.data.task_id, fact.tsMs);
      const { new_state: to } = fact.data;
      if (fact.type === "job.state_changed" && isJobState(to)) {
        const [, ...between] = pathBetween(draft.state, to).toReversed();
        for (const state of between.toReversed()) yield give("job.state_changed", fact.tsMs, { new_state: state });
        if (isFinalJobState(to)) yield* giveTaskEnds(fact.tsMs);
      }
    }
    yield give(fact.type, fact.tsMs, fact.data, fact.correlationId);
    if (summary !== null && lost === 0 && draft.seq === summary.seq)
      isSummaryWell = describeDifference(draft, summary, found.tasks) === null;
  }
  yield* giveGap((summary?.seq ?? 0) - lastSeq, lastMs);
  if (draft.seq === 0) yield give("job.created", createdMs ?? 0, creationOf(found));
  const told = lost > 0 || isFinalRow(row) ? (summary?.state ?? row?.state) : undefined;
  const isTold = isJobState(told) && (isFinalJobState(told) || (summary?.seq ?? 0) >= lastSeq);
  if (isTold && !isFinalJobState(draft.state)) yield* giveStates(told, Math.max(lastMs, row?.endedMs ?? 0));
  if (isSummaryWell && summary !== null && draft.seq === lastSeq) return { job: summary, tasks: found.tasks, lost };
  return { ...projectionOf(draft), lost };
}

function projectionOf(draft: JobDraft): Pick<MendedJob, "job" | "tasks"> {
  const { tasks, ...job } = draft as Job;
  return { job, tasks: [...tasks.values()] };
}

const isFinalRow = (row: FoundRow | null): boolean => isJobState(row?.state) && isFinalJobState(row.state);

function creationOf({ summary, row }: FoundJob): JsonObject {
  if (summary !== null) {
    const { tenant_id, kind, title, user_id, metadata, attempt, retry_of, worker } = summary;
    const { first_attempt, priority, max_attempts, not_before } = summary;
    const told = { tenant_id, kind, title, user_id, metadata, attempt, retry_of, worker };
    return withoutAbsent({ ...told, first_attempt, priority, max_attempts, not_before });
  }
  return row === null ? {} : { tenant_id: row.tenantId, kind: row.kind, title: row.title, user_id: row.userId };
}

function withoutAbsent(data: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(data).filter((field): field is [string, JsonValue] => field[1] !== undefined),
  );
}

/** The states on the shortest way from one to another, without the first; none where there is no way. */
export function pathBetween(from: JobState, to: JobState): readonly JobState[] {
  const ways: (readonly JobState[])[] = [[from]];
  const seen = new Set([from]);
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    const at = way.at(-1) as JobState;
    if (at === to) return way.slice(1);
    for (const next of JOB_STATES) {
      if (!JOB_TRANSITIONS[at][next] || seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return [];
}
