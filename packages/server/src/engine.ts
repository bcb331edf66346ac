import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type BatchAck, type ControlCommand, type Job, PlayheadError, type RecordBatch } from "@playhead/core";
import { createMemoryBus } from "./bus/memory-bus.ts";
import { createControl } from "./control/control.ts";
import { createWorkers } from "./control/workers.ts";
import { createIngest } from "./ingest/ingest.ts";
import { LOCAL_WORKER_PREFIX, recoverLostJobs } from "./recovery/recover-lost-jobs.ts";
import { createSqliteStore } from "./store/sqlite/open-store.ts";

/** Says something of the server's own, for its log. */
export type ServerLog = (level: "info" | "warning" | "error", message: string, fields?: Readonly<Record<string, unknown>>) => void;

export interface EngineOptions {
  /** Folder of the database and what belongs to it; made when it is not there. */
  readonly dataFolder: string;
  readonly log: ServerLog;
  /** @defaultValue the wall clock */
  readonly nowMs?: () => number;
}

/** Whose data it is, until there are more. */
export const DEFAULT_TENANT = "default";

/** What an sdk in the same process needs of the engine: the other end of its `local` transport. */
export interface LocalEngine {
  ingest(batch: RecordBatch): Promise<BatchAck>;
  /** Calls the listener for each command to this source. @returns ends it */
  onCommand(source: string, listener: (command: ControlCommand) => void): () => void;
}

/**
 * The server without its network: store, ingest, bus and control. One process a data folder.
 *
 * @throws PlayheadError `data_in_use` when another process has the folder, `data_newer`, `data_damaged` or
 * `data_unwritable` where the database cannot be used.
 */
export async function createEngine({ dataFolder, log, nowMs = Date.now }: EngineOptions) {
  makeFolder(dataFolder);
  const store = await createSqliteStore({ folder: dataFolder, nowMs, newEpoch: () => randomBytes(6).toString("hex") });
  const bus = createMemoryBus();
  const ingest = createIngest({
    store,
    bus,
    nowMs,
    newTraceId: () => randomBytes(16).toString("hex"),
    onRetry: (error, retryInMs) =>
      log("error", `the store refused to write; trying again in ${retryInMs} ms`, { error: String(error) }),
  });
  const workers = createWorkers(nowMs);

  async function findJob(tenantId: string, jobId: string): Promise<Job | null> {
    const live = await ingest.jobs.get(jobId);
    return live !== null && live.draft.tenant_id === tenantId ? live.draft : null;
  }

  const control = createControl({ findJob, report: ingest.report, workers, newId: randomUUID });
  const lost = await recoverLostJobs({
    openJobIds: store.readOpenJobIds,
    findJob: async (jobId) => (await ingest.jobs.get(jobId))?.draft ?? null,
    report: ingest.report,
  });
  if (lost.length > 0) log("warning", `${lost.length} job(s) of an earlier process lost their worker`, { jobs: lost });

  const local: LocalEngine = {
    ingest(batch) {
      const source = LOCAL_WORKER_PREFIX + batch.source;
      return ingest.ingest({ source, records: batch.records }, { tenantId: DEFAULT_TENANT, worker: source });
    },
    onCommand: (source, listener) => workers.listen(LOCAL_WORKER_PREFIX + source, listener),
  };

  return {
    store,
    bus,
    ingest,
    workers,
    control,
    local,
    findJob,
    /** Stores what is at hand and lets the files go. */
    async close(): Promise<void> {
      const stored = await ingest.close();
      if (!stored) log("error", "what was at hand could not be stored in time");
      await store.close();
    },
  };
}

export type Engine = Awaited<ReturnType<typeof createEngine>>;

function makeFolder(folder: string): void {
  try {
    mkdirSync(join(folder), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new PlayheadError("data_unwritable", `the data folder ${folder} cannot be made: ${(cause as Error).message}`, {
      hint: "choose another with --data or PLAYHEAD_DATA",
      cause,
    });
  }
}
