import {
  decide,
  type EventRecord,
  emptyJob,
  fold,
  type Job,
  type JsonObject,
  type PlayheadEvent,
  summaryOf,
  type Task,
} from "@playhead/core";
import type { CommitGroup, FactRow, JobProjection } from "../store.ts";

/** A group with nothing in it. */
export const EMPTY_GROUP: CommitGroup = { facts: [], projections: [], sources: new Map() };

export interface JobScriptOptions {
  readonly jobId: string;
  readonly tenantId: string;
  /** When the job is created. @defaultValue the start of 2026 */
  readonly createdMs?: number;
  readonly kind?: string;
  readonly title?: string;
  readonly userId?: string;
}

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const START_MS = Date.UTC(2026, 0, 1);

/**
 * A job that is made up as a test goes: takes what a worker would report, decides and folds as the server does, and
 * knows at any time what the store should say of it. Begins with its creation; its clock goes a second a report.
 */
export function createJobScript(options: JobScriptOptions) {
  const { jobId, tenantId, createdMs = START_MS, kind = "clips", title = "Episode 12", userId = null } = options;
  const events: PlayheadEvent[] = [];
  const projected = new Map<string, Task>();
  let job: Job = emptyJob(jobId);
  let nowMs = createdMs;
  let taken = 0;

  function report(type: EventRecord["type"], data: JsonObject = {}, correlationId = TRACE_ID): void {
    const record: EventRecord = { type, ts: new Date(nowMs).toISOString(), job_id: jobId, n: 1, data };
    for (const decided of decide(job.seq === 0 ? undefined : job, record)) {
      const event: PlayheadEvent = {
        type: decided.type,
        ts: record.ts,
        job_id: jobId,
        seq: job.seq + 1,
        correlation_id: correlationId,
        data: decided.data,
      };
      job = fold(job, event);
      events.push(event);
    }
    nowMs += 1_000;
  }

  function tick(type: EventRecord["type"], data: JsonObject): void {
    const { seq } = job;
    const ts = new Date(nowMs).toISOString();
    job = fold(job, { type, ts, job_id: jobId, seq, tick: job.tick + 1, correlation_id: TRACE_ID, data });
  }

  function project(): JobProjection {
    const tasks = [...job.tasks.values()].filter((task) => projected.get(task.task_id) !== task);
    for (const task of tasks) projected.set(task.task_id, task);
    return { job: summaryOf(job), tasks };
  }

  /** The facts that were not taken yet. */
  function takeFacts(): readonly FactRow[] {
    const rows = events.slice(taken).map((event) => factRowOf(event, job.correlation_id));
    taken = events.length;
    return rows;
  }

  report("job.created", { tenant_id: tenantId, kind, title, user_id: userId });

  return {
    jobId,
    report,
    /** A progress value: changes the job, but is no fact. */
    tick,
    takeFacts,
    project,
    /** What was not taken yet, with a projection. */
    group: (): CommitGroup => ({ ...EMPTY_GROUP, facts: takeFacts(), projections: [project()] }),
    /** The same without one. */
    factsOnly: (): CommitGroup => ({ ...EMPTY_GROUP, facts: takeFacts() }),
    /** The job as it should be. */
    job: (): Job => job,
    /** All its facts. */
    events: (): readonly PlayheadEvent[] => events,
  };
}

export type JobScript = ReturnType<typeof createJobScript>;

function factRowOf(event: PlayheadEvent, ownCorrelationId: string): FactRow {
  return {
    job_id: event.job_id,
    seq: event.seq,
    type: event.type,
    tsMs: Date.parse(event.ts),
    correlation_id: event.correlation_id === ownCorrelationId ? null : event.correlation_id,
    dataJson: JSON.stringify(event.data),
  };
}
