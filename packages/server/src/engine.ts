import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import {
  type BatchAck,
  type ControlCommand,
  type JobSnapshot,
  type JobSummary,
  PlayheadError,
  type RecordBatch,
  snapshotOf,
  summaryOf,
} from "@playhead/core";
import { createMemoryBus } from "./bus/memory-bus.ts";
import { createControl } from "./control/control.ts";
import { createWorkers } from "./control/workers.ts";
import { createIngest } from "./ingest/ingest.ts";
import type { LiveJob } from "./ingest/live-job.ts";
import { createMediaRoots, type MediaRoots } from "./media/media-roots.ts";
import { LOCAL_WORKER_PREFIX, recoverLostJobs } from "./recovery/recover-lost-jobs.ts";
import { createSqliteStore } from "./store/sqlite/open-store.ts";
import type { Store } from "./store/store.ts";
import { DEFAULT_TENANT, workerKeyOf } from "./tenants.ts";

/** Says something of the server's own, for its log. */
export type ServerLog = (
  level: "info" | "warning" | "error",
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

export interface EngineOptions {
  /** Folder of the database and what belongs to it; made when it is not there. */
  readonly dataFolder: string;
  readonly log: ServerLog;
  /** @defaultValue the wall clock */
  readonly nowMs?: () => number;
}

/** What an sdk in the same process needs of the engine: the other end of its `local` transport. */
export interface LocalEngine {
  ingest(batch: RecordBatch): Promise<BatchAck>;
  /** Calls the listener for each command to this source. @returns ends it */
  onCommand(source: string, listener: (command: ControlCommand) => void): () => void;
}

/** Who waits for a job longer than this gets it as it is stored. */
const STORED_SOON_MS = 2_000;

/**
 * The server without its network: store, ingest, bus and control. One process a data folder.
 *
 * @throws PlayheadError `data_in_use` when another process has the folder, `data_newer`, `data_damaged` or
 * `data_unwritable` where the database cannot be used.
 */
export async function createEngine({ dataFolder, log, nowMs = Date.now }: EngineOptions) {
  makeFolder(dataFolder);
  const media = createMediaRoots(dataFolder);
  const store = await createSqliteStore({
    folder: dataFolder,
    nowMs,
    newEpoch: () => randomBytes(6).toString("hex"),
  });
  const engine = assembleEngine(store, media, log, nowMs);
  try {
    await engine.recover();
    return engine;
  } catch (error) {
    await engine.close();
    throw error;
  }
}

export type Engine = Awaited<ReturnType<typeof createEngine>>;

function assembleEngine(store: Store, media: MediaRoots, log: ServerLog, nowMs: () => number) {
  const bus = createMemoryBus((error) => log("error", "a listener of the bus failed", { error: textOf(error) }));
  const ingest = createIngest({
    store,
    bus,
    nowMs,
    newTraceId: () => randomBytes(16).toString("hex"),
    onRetry: (error, retryInMs) =>
      log("error", `the store refused to write; trying again in ${retryInMs} ms`, { error: textOf(error) }),
    onDefect: (error, jobId) => log("error", "a record could not be taken", { job_id: jobId, error: textOf(error) }),
  });
  const workers = createWorkers(nowMs);
  const control = createControl({ findJob: findRun, report: ingest.report, workers, newId: randomUUID });
  let closing: Promise<void> | null = null;

  async function findJob(tenantId: string, jobId: string) {
    const live = await ingest.jobs.get(jobId);
    return live !== null && live.draft.tenant_id === tenantId ? live.draft : null;
  }

  /** The tenant's job, with its worker as the workers are told apart. */
  async function findRun(tenantId: string, jobId: string) {
    const job = await findJob(tenantId, jobId);
    if (job === null) return null;
    const { job_id, state, worker } = job;
    return { job_id, state, worker: worker === null ? null : workerKeyOf(tenantId, worker) };
  }

  /** Whether all that a job in memory shows by now is stored, or will be in a moment. */
  async function isStoredSoon(live: LiveJob): Promise<boolean> {
    return ingest.isStored(live) || (await isDoneSoon(() => ingest.committed(live)));
  }

  /** Whether something that waits for the store is done in a moment. */
  async function isDoneSoon(start: () => Promise<void>): Promise<boolean> {
    if (ingest.isStuck()) return false;
    const late = Promise.withResolvers<false>();
    const timer = setTimeout(() => late.resolve(false), STORED_SOON_MS);
    try {
      return await Promise.race([start().then(() => true), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The tenant's job as it stands, nothing of it unstored; null for none, and for another tenant's. */
  async function readJob(tenantId: string, jobId: string): Promise<JobSnapshot | null> {
    const live = ingest.jobs.peek(jobId);
    if (live !== undefined && live.draft.tenant_id === tenantId) {
      const snapshot = snapshotOf(live.draft);
      if (await isStoredSoon(live)) return snapshot;
    }
    const stored = await store.readSnapshot(jobId);
    return stored?.tenant_id === tenantId ? stored : null;
  }

  /** Whether the tenant has such a job. */
  async function hasJob(tenantId: string, jobId: string): Promise<boolean> {
    const job = ingest.jobs.peek(jobId)?.draft ?? (await store.readSnapshot(jobId));
    return job?.tenant_id === tenantId;
  }

  /** Has the store list the tasks of a job in memory as they stand by now, as far as it writes. */
  async function projectTasks(jobId: string): Promise<void> {
    const live = ingest.jobs.peek(jobId);
    if (live !== undefined) await isDoneSoon(() => ingest.project(live));
  }

  /** How many items the tenant's running jobs finish a minute; null while nothing tells. */
  function itemsPerMinute(tenantId: string): number | null {
    let sum: number | null = null;
    for (const { draft } of ingest.jobs.open()) {
      const { items_per_minute: rate } = draft.progress;
      if (draft.tenant_id === tenantId && draft.state === "running" && rate !== null) sum = (sum ?? 0) + rate;
    }
    return sum;
  }

  /** Jobs as the store lists them, with what memory knows better, nothing of it unstored. */
  async function refresh(listed: readonly JobSummary[]): Promise<readonly JobSummary[]> {
    return Promise.all(
      listed.map(async (job) => {
        const live = ingest.jobs.peek(job.job_id);
        if (live === undefined) return job;
        const summary = summaryOf(live.draft);
        return (await isStoredSoon(live)) ? summary : job;
      }),
    );
  }

  /** Those of the jobs that are in memory, as they stand, as far as that is stored soon. */
  async function readLive(jobIds: readonly string[]): Promise<readonly JobSummary[]> {
    const read = jobIds.map(async (jobId) => {
      const live = ingest.jobs.peek(jobId);
      if (live === undefined) return null;
      const summary = summaryOf(live.draft);
      return (await isStoredSoon(live)) ? summary : null;
    });
    return (await Promise.all(read)).filter((job) => job !== null);
  }

  const local: LocalEngine = {
    ingest(batch) {
      const source = LOCAL_WORKER_PREFIX + batch.source;
      return ingest.ingest({ source, records: batch.records }, { tenantId: DEFAULT_TENANT, worker: source });
    },
    onCommand: (source, listener) => workers.listen(LOCAL_WORKER_PREFIX + source, listener),
  };

  /** Takes nothing more, and stores and says what is at hand. */
  async function stopIntake(): Promise<void> {
    workers.close();
    if (!(await ingest.close())) log("error", "what was at hand could not be stored in time");
  }

  async function end(): Promise<void> {
    try {
      await stopIntake();
    } finally {
      await store.close();
    }
  }

  return {
    store,
    /** The folders whose files viewers may have. */
    media,
    bus,
    ingest,
    workers,
    control,
    local,
    isStoredSoon,
    hasJob,
    readJob,
    projectTasks,
    itemsPerMinute,
    refresh,
    readLive,
    /** Ends the jobs of workers that ended with an earlier process. */
    async recover(): Promise<void> {
      const lost = await recoverLostJobs({
        openJobIds: store.readOpenJobIds,
        findJob: async (jobId) => (await ingest.jobs.get(jobId))?.draft ?? null,
        report: ingest.report,
      });
      if (lost.length > 0)
        log("warning", `${lost.length} job(s) of an earlier process lost their worker`, { jobs: lost });
    },
    stopIntake,
    /** Stores what is at hand and lets the files go. */
    close(): Promise<void> {
      closing ??= end();
      return closing;
    },
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new PlayheadError(
      "data_unwritable",
      `the data folder ${folder} cannot be made: ${(cause as Error).message}`,
      {
        hint: "choose another with --data or PLAYHEAD_DATA",
        cause,
      },
    );
  }
}
