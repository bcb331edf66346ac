import {
  type BatchAck,
  type DecidedFact,
  decide,
  type EventRecord,
  isFinalJobState,
  isTickRecord,
  type JsonObject,
  LOG_LEVELS,
  type LogLevel,
  type PlayheadEvent,
  PlayheadError,
  type RecordBatch,
  type RefusedRecord,
  toErrorBody,
} from "@playhead/core";
import type { Bus } from "../bus/bus.ts";
import type { LogRow, Store } from "../store/store.ts";
import { createGroupCommit } from "./group-commit.ts";
import { applyToLiveJob, createNewLiveJob, type LiveJob, liveProgress } from "./live-job.ts";
import { createLiveJobs } from "./live-jobs.ts";
import { createProgressTicker } from "./progress-ticker.ts";
import { publishEvent, publishLog } from "./publication.ts";
import { createSourcePositions } from "./source-positions.ts";

export interface IngestDeps {
  readonly store: Store;
  readonly bus: Bus;
  readonly nowMs: () => number;
  /** A W3C trace id for jobs that come without one. */
  readonly newTraceId: () => string;
  readonly onRetry: (error: unknown, retryInMs: number) => void;
}

/** Who reports. */
export interface Reporter {
  readonly tenantId: string;
  /** Written into the jobs it runs, so that the server knows whom to ask; null for the server itself. */
  readonly worker: string | null;
}

/** How often changed jobs are handed to the store's lists, and what nobody needs leaves memory. */
const SWEEP_MS = 1_000;
const DRAIN_LIMIT_MS = 10_000;

/**
 * The third hop (DESIGN §3): drops what a source has sent already, decides about each fact, numbers it, folds it, stores
 * a group of them, and only then answers and publishes.
 */
export function createIngest({ store, bus, nowMs, newTraceId, onRetry }: IngestDeps) {
  const jobs = createLiveJobs({ store, nowMs });
  const sources = createSourcePositions(store);
  const commit = createGroupCommit({
    store,
    publish: (publications) => bus.publish(publications),
    takeProjections: jobs.takeProjections,
    onRetry,
  });
  const ticker = createProgressTicker({ nowMs, emit: sayProgress });
  const sweeper = setInterval(() => {
    jobs.sweep();
    if (jobs.isProjectionDue()) commit.flushProjections();
  }, SWEEP_MS);
  sweeper.unref();

  /** Batches are taken one after the other, so that a source's order holds though jobs may have to be loaded. */
  let turn: Promise<unknown> = Promise.resolve();
  let closed = false;

  async function takeInTurn(batch: RecordBatch, reporter: Reporter): Promise<BatchAck> {
    if (closed) throw new PlayheadError("service_unavailable", "the server is shutting down; nothing of this batch was taken");
    commit.admit(batch.records.length);
    const mine = turn.then(() => take(batch, reporter));
    turn = mine.catch(() => undefined);
    const ack = await mine;
    await ack.stored;
    return ack.answer;
  }

  async function take({ source, records }: RecordBatch, reporter: Reporter) {
    let taken = await sources.positionOf(source);
    const refused: RefusedRecord[] = [];
    let accepted = 0;
    for (const record of records) {
      const { n, job_id: jobId } = record;
      if (n !== undefined && n <= taken) {
        accepted += 1;
        continue;
      }
      try {
        const live = jobs.peek(jobId) ?? (await jobs.get(jobId)) ?? undefined;
        accept(live, record, reporter);
        if (n !== undefined) accepted += 1;
      } catch (error) {
        if (!(error instanceof PlayheadError)) throw error;
        refused.push({ n: n ?? null, ...toErrorBody(error) });
      }
      if (n !== undefined) taken = n;
    }
    if (taken > 0) {
      sources.advance(source, taken);
      commit.addSource(source, taken);
    }
    return { answer: { accepted, refused } satisfies BatchAck, stored: commit.settled() };
  }

  function accept(live: LiveJob | undefined, record: EventRecord, reporter: Reporter): void {
    // Another tenant's job answers as if it were not there.
    const mine = live?.draft.tenant_id === reporter.tenantId ? live : undefined;
    if (live !== undefined && mine === undefined) throw noSuchJob(record.job_id);
    if (mine !== undefined) mine.lastTouchedMs = nowMs();
    if (record.type === "log") acceptLog(mine, record);
    else if (isTickRecord(record)) acceptTick(mine, record);
    else acceptFact(mine, record, reporter);
  }

  function acceptFact(known: LiveJob | undefined, record: EventRecord, reporter: Reporter): void {
    const facts = decide(known?.draft, { ...record, data: withOrigin(record, reporter) });
    const live = known ?? createNewLiveJob(record.job_id, nowMs());
    if (known === undefined) jobs.add(live);
    for (const fact of facts) addFact(live, fact, record);
    if (facts.some(({ type }) => type.startsWith("job.") || type.startsWith("session."))) jobs.projectSoon(live);
    ticker.moved(live);
  }

  function addFact(live: LiveJob, fact: DecidedFact, record: EventRecord): void {
    const { draft } = live;
    const correlationId = draft.correlation_id || record.correlation_id || newTraceId();
    const event: PlayheadEvent = {
      type: fact.type,
      ts: record.ts,
      job_id: record.job_id,
      seq: draft.seq + 1,
      correlation_id: correlationId,
      data: fact.data,
    };
    applyToLiveJob(live, event);
    const dataJson = JSON.stringify(fact.data);
    commit.addFact(
      {
        job_id: record.job_id,
        seq: event.seq,
        type: fact.type,
        tsMs: Date.parse(record.ts),
        correlation_id: correlationId === draft.correlation_id ? null : correlationId,
        dataJson,
      },
      publishEvent(store.epoch, draft.tenant_id, event, dataJson),
    );
    // The last value of the bar, for those who only follow ticks.
    if (fact.type === "job.state_changed" && isFinalJobState(draft.state)) sayProgress(live);
  }

  function acceptTick(live: LiveJob | undefined, record: EventRecord): void {
    if (live === undefined) throw noSuchJob(record.job_id);
    const { draft } = live;
    const task = typeof record.data.task_id === "string" ? draft.tasks.get(record.data.task_id) : undefined;
    // A tick that comes too late says nothing any more.
    if (isFinalJobState(draft.state) || task?.state !== "processing") return;
    addTick(live, { type: record.type, ts: record.ts, data: record.data });
    ticker.moved(live);
  }

  function addTick(live: LiveJob, { type, ts, data }: Pick<PlayheadEvent, "type" | "ts" | "data">): PlayheadEvent {
    const { job_id, seq, tick, correlation_id, tenant_id } = live.draft;
    const event: PlayheadEvent = { type, ts, job_id, seq, tick: tick + 1, correlation_id, data };
    applyToLiveJob(live, event);
    commit.addTick(publishEvent(store.epoch, tenant_id, event, JSON.stringify(data)));
    commit.schedule();
    return event;
  }

  function sayProgress(live: LiveJob): void {
    const now = nowMs();
    const data = { ...liveProgress(live, now) };
    addTick(live, { type: "job.progress", ts: new Date(now).toISOString(), data });
  }

  function acceptLog(live: LiveJob | undefined, record: EventRecord): void {
    if (live === undefined) throw noSuchJob(record.job_id);
    const row = logRowOf(record);
    const { tenant_id: tenantId, seq } = live.draft;
    commit.addLog(row, (logId) =>
      publishLog(tenantId, seq, {
        log_id: logId,
        ts: record.ts,
        job_id: row.job_id,
        task_id: row.task_id,
        level: row.level,
        message: row.message,
        fields: row.fields,
      }),
    );
  }

  return {
    /**
     * Takes a batch of parsed records; resolves after all of it is stored.
     *
     * @throws PlayheadError `service_unavailable` when the store cannot keep up or the server shuts down.
     */
    ingest: takeInTurn,
    /**
     * Reports one fact of the server's own.
     *
     * @throws PlayheadError as {@link decide} does, when the fact is refused.
     */
    async report(tenantId: string, record: Omit<EventRecord, "ts" | "n">): Promise<void> {
      const timed = { ...record, ts: new Date(nowMs()).toISOString() };
      const { refused } = await takeInTurn({ source: "server", records: [timed as EventRecord] }, { tenantId, worker: null });
      const first = refused[0];
      if (first !== undefined) throw new PlayheadError(first.error_code, first.error_message, { detail: first.detail });
    },
    jobs,
    /** Resolves when everything that the job shows by now is stored. */
    committed: (): Promise<void> => commit.settled(),
    /** Where the job stands now, as ticks with new numbers, for someone who missed some; they are not published. */
    currentTicks(live: LiveJob): readonly string[] {
      return currentTickEvents(live, nowMs()).map((event) => {
        applyToLiveJob(live, event);
        return publishEvent(store.epoch, live.draft.tenant_id, event, JSON.stringify(event.data)).frame();
      }).toArray();
    },
    /** Takes nothing more, and stores and says what is at hand. @returns whether all of it could be stored in time */
    async close(): Promise<boolean> {
      closed = true;
      clearInterval(sweeper);
      await turn;
      ticker.close();
      jobs.projectAll();
      commit.flushProjections();
      return commit.drain(DRAIN_LIMIT_MS);
    },
  };
}

export type Ingest = ReturnType<typeof createIngest>;

function* currentTickEvents(live: LiveJob, now: number): Generator<PlayheadEvent> {
  const { draft } = live;
  const ts = new Date(now).toISOString();
  const base = { ts, job_id: draft.job_id, correlation_id: draft.correlation_id };
  for (const task of draft.tasks.values()) {
    if (task.state !== "processing") continue;
    const data: JsonObject = { task_id: task.task_id, percent_complete: task.percent_complete, step: task.step };
    yield { ...base, type: "progress.updated", seq: draft.seq, tick: draft.tick + 1, data };
  }
  yield { ...base, type: "job.progress", seq: draft.seq, tick: draft.tick + 1, data: { ...liveProgress(live, now) } };
}

function withOrigin(record: EventRecord, { tenantId, worker }: Reporter): JsonObject {
  const { type, data } = record;
  if (type === "job.created") return { ...data, tenant_id: tenantId, worker };
  if (type === "job.state_changed" && worker !== null) return { ...data, worker };
  return data;
}

function logRowOf({ job_id, ts, data }: EventRecord): LogRow {
  const { level, message, task_id, fields } = data;
  if (typeof message !== "string") throw new PlayheadError("validation_error", "expected data.message of a log record to be a string");
  return {
    job_id,
    task_id: typeof task_id === "string" ? task_id : null,
    tsMs: Date.parse(ts),
    level: LOG_LEVELS.includes(level as LogLevel) ? (level as LogLevel) : "info",
    message,
    fields: typeof fields === "object" && fields !== null && !Array.isArray(fields) ? (fields as JsonObject) : {},
  };
}

function noSuchJob(jobId: string): PlayheadError {
  return new PlayheadError("not_found", `there is no job ${jobId}`);
}
