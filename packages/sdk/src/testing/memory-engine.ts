import {
  applyEvent,
  type BatchAck,
  type ControlVerb,
  createProgressTree,
  decide,
  draftOf,
  type EventRecord,
  type EventType,
  emptyJob,
  isTickRecord,
  type Job,
  type JobDraft,
  type JsonObject,
  OBSERVATION_TYPES,
  type ObservationRecord,
  PlayheadError,
  type PlayheadEvent,
  type ProgressTree,
  parseRecord,
  type RecordBatch,
  type RefusedRecord,
  toErrorBody,
} from "@playhead/core";
import type { LocalEngine } from "../transport/local-transport.ts";
import type { CommandListener } from "../transport/transport.ts";

/** What the engine knows of one job: core's own fold, and what led there. */
interface Known {
  readonly draft: JobDraft;
  readonly tree: ProgressTree;
  readonly facts: PlayheadEvent[];
  readonly ticks: PlayheadEvent[];
  readonly logs: JsonObject[];
  /** The bar after each event, 0..1. */
  readonly bar: number[];
  readonly shown: ShownTask[];
}

/** A task's own bar as viewers saw it after an event. */
export interface ShownTask {
  readonly taskId: string;
  readonly attempt: number;
  readonly percent: number;
}

/** A server in memory that decides, numbers and folds with core's own functions, as the real one does. */
export interface MemoryEngine extends LocalEngine {
  job(jobId: string): Job;
  facts(jobId: string): readonly PlayheadEvent[];
  ticks(jobId: string): readonly PlayheadEvent[];
  logs(jobId: string): readonly JsonObject[];
  /** All that is no event of a job, log lines included, in the order of their numbers. */
  readonly observations: readonly ObservationRecord[];
  bar(jobId: string): readonly number[];
  shown(jobId: string): readonly ShownTask[];
  jobIds(): readonly string[];
  readonly refused: readonly RefusedRecord[];
  readonly batches: readonly RecordBatch[];
  /** Does what `POST /jobs/ID/pause` and its like do. @throws PlayheadError `conflict` */
  command(jobId: string, verb: ControlVerb, reason?: string): void;
  /** Called before and after a batch is taken; what it throws is what the worker gets. */
  onIngest: ((batch: RecordBatch, when: "before" | "after") => Promise<void> | void) | null;
  listenerCount(): number;
}

const OBSERVATIONS: ReadonlySet<string> = new Set(OBSERVATION_TYPES);
const STATE_BY_VERB = { pause: "pausing", resume: "running", cancel: "canceling" } as const;

export function createMemoryEngine(): MemoryEngine {
  const jobs = new Map<string, Known>();
  const taken = new Map<string, number>();
  const listeners = new Set<CommandListener>();
  const refused: RefusedRecord[] = [];
  const batches: RecordBatch[] = [];
  const observations: ObservationRecord[] = [];
  let commands = 0;

  function takeObservation(record: ObservationRecord): void {
    const known = jobs.get(record.job_id ?? "");
    if (known === undefined && record.job_id !== undefined)
      throw new PlayheadError("not_found", `there is no job ${record.job_id}`);
    observations.push(record);
    if (record.type === "log") known?.logs.push({ ...record.data });
  }

  function take(record: EventRecord): void {
    const known = jobs.get(record.job_id);
    if (isTickRecord(record)) {
      if (known === undefined) throw new PlayheadError("not_found", `there is no job ${record.job_id}`);
      takeTick(known, record);
    } else {
      takeFact(record);
    }
  }

  function takeFact(record: EventRecord): void {
    const facts = decide(jobs.get(record.job_id)?.draft, record);
    const known = jobs.get(record.job_id) ?? newKnown(record.job_id);
    jobs.set(record.job_id, known);
    for (const { type, data } of facts) {
      const event = eventOf(known, record, type, data, { seq: known.draft.seq + 1 });
      known.facts.push(event);
      apply(known, event);
    }
  }

  function takeTick(known: Known, record: EventRecord): void {
    const { seq, tick, tasks } = known.draft;
    // A tick that comes too late says nothing any more.
    if (tasks.get(String(record.data.task_id))?.state !== "processing") return;
    const event = eventOf(known, record, record.type, record.data, { seq, tick: tick + 1 });
    known.ticks.push(event);
    apply(known, event);
  }

  function known(jobId: string): Known {
    const found = jobs.get(jobId);
    if (found === undefined) throw new Error(`the engine has no job ${jobId}`);
    return found;
  }

  const engine: MemoryEngine = {
    async ingest(batch): Promise<BatchAck> {
      await engine.onIngest?.(batch, "before");
      batches.push(batch);
      const own: RefusedRecord[] = [];
      let accepted = 0;
      for (const sent of batch.records) {
        // As over the wire: what JSON cannot carry, or parseRecord refuses, comes to light.
        const arrived: ObservationRecord = JSON.parse(JSON.stringify(sent));
        const { n } = arrived;
        if (n !== undefined && n <= (taken.get(batch.source) ?? 0)) {
          accepted += 1;
          continue;
        }
        try {
          if (OBSERVATIONS.has(arrived.type)) takeObservation(arrived);
          else take(parseRecord(arrived));
          if (n !== undefined) accepted += 1;
        } catch (error) {
          if (!(error instanceof PlayheadError)) throw error;
          own.push({ n: n ?? null, ...toErrorBody(error) });
        }
        if (n !== undefined) taken.set(batch.source, n);
      }
      refused.push(...own);
      await engine.onIngest?.(batch, "after");
      return { accepted, refused: own };
    },
    onCommand(_source, listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async control(jobId, verb, reason) {
      if (!jobs.has(jobId)) throw new PlayheadError("not_found", `there is no job ${jobId}`);
      engine.command(jobId, verb, reason ?? undefined);
    },
    async retry(jobId) {
      const { draft } = known(jobId);
      if (draft.state !== "failed" && draft.state !== "canceled")
        throw new PlayheadError("conflict", `job ${jobId} is ${draft.state}`);
      const retryId = `${jobId}-again`;
      const data = { kind: draft.kind, title: draft.title, attempt: draft.attempt + 1, retry_of: jobId };
      takeFact({ type: "job.created", ts: draft.created_at, job_id: retryId, data });
      return retryId;
    },
    command(jobId, verb, reason) {
      const record: EventRecord = {
        type: "job.state_changed",
        ts: known(jobId).draft.created_at,
        job_id: jobId,
        data: { new_state: STATE_BY_VERB[verb], ...(reason !== undefined && { reason }) },
      };
      takeFact(record);
      commands += 1;
      const command = { command_id: `c${commands}`, job_id: jobId, verb, reason: reason ?? null };
      for (const listener of listeners) listener(command);
    },
    job: (jobId) => known(jobId).draft,
    facts: (jobId) => known(jobId).facts,
    ticks: (jobId) => known(jobId).ticks,
    logs: (jobId) => known(jobId).logs,
    bar: (jobId) => known(jobId).bar,
    shown: (jobId) => known(jobId).shown,
    jobIds: () => [...jobs.keys()],
    listenerCount: () => listeners.size,
    observations,
    refused,
    batches,
    onIngest: null,
  };
  return engine;
}

function newKnown(jobId: string): Known {
  return {
    draft: draftOf(emptyJob(jobId)),
    tree: createProgressTree(),
    facts: [],
    ticks: [],
    logs: [],
    bar: [],
    shown: [],
  };
}

function eventOf(
  { draft }: Known,
  record: EventRecord,
  type: EventType,
  data: JsonObject,
  numbers: { readonly seq: number; readonly tick?: number },
): PlayheadEvent {
  const correlation_id = draft.correlation_id || record.correlation_id || "0123456789abcdef0123456789abcdef";
  return { type, ts: record.ts, job_id: record.job_id, correlation_id, ...numbers, data };
}

function apply({ draft, tree, bar, shown }: Known, event: PlayheadEvent): void {
  applyEvent(draft, event);
  const taskId = event.data.task_id;
  const task = typeof taskId === "string" ? draft.tasks.get(taskId) : undefined;
  if (task !== undefined) {
    tree.update(task);
    shown.push({ taskId: task.task_id, attempt: task.attempt, percent: task.percent_complete });
  }
  bar.push(tree.fraction());
}
