import { randomBytes } from "node:crypto";
import {
  type BatchAck,
  type EventRecord,
  isFinalJobState,
  isObservation,
  type JsonObject,
  type LogEntry,
  type ObservationRecord,
  PlayheadError,
  parseObservation,
  type RecordBatch,
  type RefusedRecord,
  toErrorBody,
} from "@playhead/core";
import type { Bus } from "./bus/bus.ts";
import type { Workers } from "./control/workers.ts";
import { textOf } from "./error-text.ts";
import type { Ingest } from "./ingest/ingest.ts";
import type { Reporter } from "./ingest/take-record.ts";
import { LOCAL_WORKER_PREFIX } from "./recovery/recover-lost-jobs.ts";
import type { ServerLog } from "./server-log.ts";
import { createJobLogs } from "./store/job-logs.ts";
import type { TelemetryStore, TotalsRow } from "./store/telemetry-store.ts";
import { createArrivals } from "./telemetry/arrivals.ts";
import { createOwnWork } from "./telemetry/own-work.ts";
import { rowOf } from "./telemetry/rows-of.ts";
import { createRunningCalls } from "./telemetry/running-calls.ts";
import { createTelemetry } from "./telemetry/telemetry.ts";
import type { StoredListener } from "./telemetry/telemetry-commit.ts";
import { DEFAULT_TENANT } from "./tenants.ts";

export interface EngineTelemetryDeps {
  readonly store: TelemetryStore;
  readonly bus: Bus;
  /** Asked for when there is something to do: the engine's parts know each other. */
  readonly parts: () => { readonly ingest: Ingest; readonly workers: Pick<Workers, "silentMs"> };
  /** Where the server's own words go besides the log that everybody can read. */
  readonly log: ServerLog;
  /** Writes entries to files before anyone hears that they are stored. */
  readonly onEntries: (entries: readonly LogEntry[]) => Promise<void>;
  /** A worker that is silent for longer will not end what it began. */
  readonly leaseMs: () => number;
  readonly nowMs: () => number;
}

/** A report of which all is taken. */
export interface BegunReport {
  readonly answer: BatchAck;
  /** All of it is stored. */
  readonly stored: Promise<unknown>;
}

/** Who speaks where the server speaks of itself. */
const SERVER_LOGGER = "server";

/** What is observed beside events: its way from reports to the store, and back to who reads it. */
export function assembleTelemetry({ store, bus, parts, log: tell, onEntries, leaseMs, nowMs }: EngineTelemetryDeps) {
  /** Names this run of the server. */
  const serverId = `${SERVER_LOGGER}-${randomBytes(6).toString("hex")}`;

  /** Workers of this process; others of that sort went with an earlier one. */
  const locals = new Set<string>();

  /** The server's own log, of which every line can be read like any other's. */
  const log: ServerLog = (level, message, fields) => {
    tell(level, message, fields);
    // What the server has to say of a job is for those who run the server: it names none.
    const line = { level, message, logger: SERVER_LOGGER, ...(fields !== undefined && { fields: plain(fields) }) };
    const record = { type: "log", ts: new Date(nowMs()).toISOString(), n: 0, data: line } as const;
    telemetry.note(rowOf(record, { tenantId: DEFAULT_TENANT, source: serverId, traceId: null }));
  };

  const telemetry = createTelemetry({
    store,
    findJob: async (tenantId, jobId) => {
      const live = await parts().ingest.jobs.get(jobId);
      if (live === null || live.draft.tenant_id !== tenantId) return null;
      live.lastTouchedMs = nowMs();
      return { traceId: live.draft.correlation_id, seq: live.draft.seq };
    },
    publish: bus.publish,
    onEntries,
    onRetry: (error, retryInMs) =>
      log("error", `the store of logs refused to write; trying again in ${retryInMs} ms`, { error: textOf(error) }),
    // Not to that log: it would go the same way.
    onError: (error) => tell("error", "log files could not be written", { error: textOf(error) }),
  });

  const calls = createRunningCalls({
    store,
    settled: telemetry.settled,
    isGone,
    nowMs,
    onError: (error) => log("warning", "calls could not be ended", { error: textOf(error) }),
  });
  const arrivals = createArrivals();
  /** What the server itself did, among the totals. */
  const own = new WeakSet<TotalsRow>();
  const ownWork = createOwnWork({
    tenantId: DEFAULT_TENANT,
    nowMs,
    add(row) {
      own.add(row);
      telemetry.note({ kind: "totals", row });
    },
  });
  telemetry.onStored((entries) => {
    calls.note(entries.map(({ entry }) => entry));
    arrivals.note(entries.reduce((newest, { entry }) => Math.max(newest, entry.entry_id), 0));
  });
  bus.subscribeAll((publications) => {
    for (const { jobId, content } of publications) {
      if ("type" in content && ENDS.has(content.type)) calls.endSoon(jobId, String(content.data.reason ?? "job_ended"));
    }
  });

  async function isGone(sessionId: string): Promise<boolean> {
    const { ingest, workers } = parts();
    const job = await ingest.jobs.get(sessionId);
    if (job !== null) return isFinalJobState(job.draft.state);
    if (sessionId.startsWith(LOCAL_WORKER_PREFIX) && !locals.has(sessionId)) return true;
    return (workers.silentMs(sessionId) ?? 0) > leaseMs();
  }

  /** Events go the way of facts, the rest goes to the telemetry; both are stored when it is answered. */
  async function report(batch: RecordBatch, reporter: Reporter): Promise<BatchAck> {
    const { answer, stored } = await begin(batch, reporter);
    await stored;
    return answer;
  }

  /** The same; resolves when all of it is taken. Somebody must wait for `stored`, too. */
  async function begin({ source, records }: RecordBatch, reporter: Reporter): Promise<BegunReport> {
    const { ingest } = parts();
    const observations = records.filter(isObservation);
    const events = observations.length === 0 ? (records as readonly EventRecord[]) : records.filter(isEvent);
    if (observations.length === 0) return ingest.begin({ source, records: events }, reporter);
    // First the events: what is observed of a job may come together with the word that there is one.
    const taken = events.length === 0 ? null : await ingest.begin({ source, records: events }, reporter);
    // Somebody waits for it further down, unless what comes between fails.
    taken?.stored.catch(() => undefined);
    const observed = await telemetry.begin({ source, records: observations }, reporter.tenantId);
    return {
      answer: {
        accepted: (taken?.answer.accepted ?? 0) + observed.answer.accepted,
        refused: [...(taken?.answer.refused ?? []), ...observed.answer.refused],
        followed: taken?.answer.followed === true,
      },
      stored: Promise.all([taken?.stored, observed.stored]),
    };
  }

  return {
    log,
    report,
    begin,
    /** The same for what comes without having been parsed, from a worker in this process. */
    async reportUnparsed({ source, records }: RecordBatch, reporter: Reporter): Promise<BatchAck> {
      locals.add(source);
      const refused: RefusedRecord[] = [];
      const parsed = records.flatMap<RecordBatch["records"][number]>((record) =>
        isObservation(record) ? parseOrRefuse(record, refused) : [record],
      );
      const ack = await report({ source, records: parsed }, reporter);
      return { ...ack, refused: [...refused, ...ack.refused] };
    },
    jobLogs: createJobLogs(store),
    arrivals,
    /** Adds up something that the server did. */
    measure: ownWork.measure,
    /** The same for what is under way. */
    timed: ownWork.timed,
    /** Calls the listener with each group of what was observed, once it is stored; not with what the server did itself. */
    onStored: (listener: StoredListener) =>
      telemetry.onStored((entries, { totals, samples }) =>
        listener(entries, { totals: totals.filter((row) => !own.has(row)), samples }),
      ),
    isStuck: telemetry.isStuck,
    pending: telemetry.pending,
    /** Ends the calls that an earlier process left running, in itself or in jobs that have ended. */
    async recover(): Promise<void> {
      await calls.recover({ tenant_id: DEFAULT_TENANT });
    },
    /** Takes nothing more, and stores what is at hand. @returns whether all of it could be stored in time */
    async stop(): Promise<boolean> {
      calls.close();
      ownWork.close();
      arrivals.wakeAll();
      return telemetry.close();
    },
  };
}

export type EngineTelemetry = ReturnType<typeof assembleTelemetry>;

const ENDS: ReadonlySet<string> = new Set(["job.completed", "job.canceled", "job.failed"]);

function isEvent(record: EventRecord | ObservationRecord): record is EventRecord {
  return !isObservation(record);
}

function parseOrRefuse(record: ObservationRecord, refused: RefusedRecord[]): readonly ObservationRecord[] {
  try {
    return [parseObservation(record)];
  } catch (error) {
    if (!(error instanceof PlayheadError)) throw error;
    refused.push({ n: record.n ?? null, ...toErrorBody(error) });
    return [];
  }
}

function plain(fields: Readonly<Record<string, unknown>>): JsonObject {
  return JSON.parse(JSON.stringify(fields)) as JsonObject;
}
