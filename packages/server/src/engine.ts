import { randomBytes, randomUUID } from "node:crypto";
import type { ControlCommand, Job } from "@playhead/core";
import { createMemoryBus } from "./bus/memory-bus.ts";
import { createControl } from "./control/control.ts";
import { createWorkers } from "./control/workers.ts";
import { createAlertChanges } from "./engine-alert-changes.ts";
import { type AlertSettings, assembleAlerts, DEFAULT_ALERTS } from "./engine-alerts.ts";
import { assembleHealth } from "./engine-health.ts";
import { createJobReads } from "./engine-job-reads.ts";
import { DEFAULT_JOB_LIMITS, type JobLimits, watchJobs } from "./engine-job-watch.ts";
import { createKnownWorkers } from "./engine-known-workers.ts";
import type { LocalEngine } from "./engine-local.ts";
import type { EngineDatabase } from "./engine-postgres.ts";
import type { OpenPublisher, Publisher } from "./engine-publisher.ts";
import { assembleQueue } from "./engine-queue.ts";
import { createReadings } from "./engine-readings.ts";
import { assembleReports, openReportShelf } from "./engine-reports.ts";
import { DEFAULT_RETENTION, openRetention } from "./engine-retention.ts";
import { assembleRetries } from "./engine-retries.ts";
import { assembleStarts } from "./engine-starts.ts";
import { openStores, type Stores } from "./engine-stores.ts";
import { assembleTelemetry } from "./engine-telemetry.ts";
import { setTimer } from "./engine-timer.ts";
import { assembleTrends } from "./engine-trends.ts";
import { textOf } from "./error-text.ts";
import { createForecasts } from "./forecast/forecasts.ts";
import { createIngest } from "./ingest/ingest.ts";
import { DEFAULT_LOG_FILES, type LogFilesSettings } from "./logs/files/log-files-settings.ts";
import { createMediaRoots, type MediaRoots } from "./media/media-roots.ts";
import type { OpenQueue } from "./queue/job-queue.ts";
import { LOCAL_WORKER_PREFIX, recoverLostJobs } from "./recovery/recover-lost-jobs.ts";
import type { RetentionPolicy } from "./retention/retention.ts";
import type { ServerLog } from "./server-log.ts";
import { DEFAULT_TENANT, workerKeyOf } from "./tenants.ts";

export interface EngineOptions {
  /** Folder of the database and what belongs to it; made when it is not there. */
  readonly dataFolder: string;
  readonly log: ServerLog;
  /** @defaultValue the wall clock */
  readonly nowMs?: () => number;
  /** @defaultValue {@link DEFAULT_JOB_LIMITS} */
  readonly limits?: JobLimits;
  /** IANA zone of the hours, days, weeks and months that calls are summed up by. @defaultValue UTC */
  readonly timeZone?: string;
  /** How long things are kept. @defaultValue {@link DEFAULT_RETENTION} */
  readonly retention?: RetentionPolicy;
  /** The log files of the data folder, and what goes into them. @defaultValue {@link DEFAULT_LOG_FILES} */
  readonly logFiles?: LogFilesSettings;
  /** What is told of alerts, and where to. @defaultValue {@link DEFAULT_ALERTS} */
  readonly alerts?: AlertSettings;
  /** Where all is kept but files. @defaultValue in the data folder */
  readonly database?: EngineDatabase;
  /** Opens what carries what was committed beyond this process, from the first on. @defaultValue nothing does */
  readonly openPublisher?: OpenPublisher;
  /** Opens what takes jobs that wait to workers that do not ask this process. @defaultValue nothing does */
  readonly openQueue?: OpenQueue;
}

/**
 * The server without its network: store, ingest, bus and control. One process a data folder.
 *
 * @throws PlayheadError `data_in_use` when another process has the folder, `data_newer`, `data_damaged` or
 * `data_unwritable` where the database cannot be used.
 */
export async function createEngine(options: EngineOptions) {
  const { dataFolder, log, nowMs = Date.now, limits = DEFAULT_JOB_LIMITS, retention = DEFAULT_RETENTION } = options;
  const { timeZone = "UTC", logFiles = DEFAULT_LOG_FILES, alerts = DEFAULT_ALERTS } = options;
  const stores = await openStores({
    ...{ dataFolder, nowMs, timeZone, logFiles, log },
    ...(options.database !== undefined && { database: options.database }),
  });
  const media = createMediaRoots(dataFolder);
  const { openQueue = null } = options;
  const given = { dataFolder, log, nowMs, limits, retention, alerts, timeZone, openQueue };
  const engine = assembleEngine({ ...given, stores, media });
  if (options.openPublisher !== undefined) engine.publishWith(options.openPublisher);
  try {
    await engine.recover();
    return engine;
  } catch (error) {
    await engine.close();
    throw error;
  }
}

export type Engine = Awaited<ReturnType<typeof createEngine>>;

interface EngineParts
  extends Pick<
    Required<EngineOptions>,
    "dataFolder" | "log" | "nowMs" | "limits" | "retention" | "alerts" | "timeZone"
  > {
  readonly openQueue: OpenQueue | null;
  readonly stores: Stores;
  readonly media: MediaRoots;
}

function assembleEngine(parts: EngineParts) {
  const { dataFolder, stores, media, log: tell, nowMs, limits: firstLimits, retention: policy } = parts;
  let limits = firstLimits;
  let { detailsMs } = policy;
  const { store, telemetryStore, logFiles } = stores;
  const bus = createMemoryBus((error) => log("error", "a listener of the bus failed", { error: textOf(error) }));
  const telemetry = assembleTelemetry({
    store: telemetryStore,
    bus,
    parts: () => ({ ingest, workers }),
    log: tell,
    onEntries: logFiles.append,
    leaseMs: () => limits.leaseMs,
    nowMs,
  });
  const { log } = telemetry;
  const forecasts = createForecasts({
    ...{ store, nowMs, setTimer },
    keepMs: () => detailsMs,
    onError: (error) => log("error", "a forecast could not be made or kept", { error: textOf(error) }),
  });
  const ingest = createIngest({
    forecasts,
    store: { ...store, commit: (group) => telemetry.timed("db", "commit of facts", store.commit(group)) },
    ...{ bus, nowMs, setTimer },
    newTraceId: () => randomBytes(16).toString("hex"),
    onRetry: (error, retryInMs) =>
      log("error", `the store refused to write; trying again in ${retryInMs} ms`, { error: textOf(error) }),
    onDefect: (error, jobId) => log("error", "a record could not be taken", { job_id: jobId, error: textOf(error) }),
  });
  const shelf = openReportShelf(store, dataFolder);
  const retention = openRetention({
    store,
    telemetry: telemetryStore,
    logFiles,
    reports: shelf,
    policy,
    isQuiet: () => ingest.pending() + telemetry.pending() === 0,
    nowMs,
    log,
  });
  const jobs = () => ingest.jobs;
  const alerts = assembleAlerts({
    dataFolder,
    settings: parts.alerts,
    ...{ store, telemetryStore, bus, telemetry, jobs, log, nowMs },
  });
  const reads = createJobReads({ store, ingest });
  const { findJob } = reads;
  const health = assembleHealth({
    dataFolder,
    store,
    telemetryStore,
    logFiles,
    ingest,
    telemetry,
    bus,
    alerts: alerts.status,
    log,
    nowMs,
  });
  const trends = assembleTrends({
    ...{ store, telemetryStore, bus, telemetry, jobs, log, nowMs },
    timeZone: parts.timeZone,
    toldOf: forecasts.toldOf,
    hear: alerts.noteTrends,
  });
  const readings = createReadings({
    ...{ store, telemetryStore, telemetry, health, alerts, nowMs },
    readTrends: trends.readTrends,
    hasJob: reads.hasJob,
  });
  const reports = assembleReports({
    ...{ shelf, store, alerts, log, nowMs },
    timeZone: parts.timeZone,
    readings: {
      listJobs: store.listJobs,
      sumCalls: readings.performance.getPerformanceSummary,
      compareCalls: readings.performance.compare,
    },
  });
  const changeAlerts = createAlertChanges(alerts);
  const knownWorkers = createKnownWorkers({
    ...{ store, nowMs },
    onError: (error) => log("warning", "a worker could not be noted", { error: textOf(error) }),
  });
  const workers = createWorkers({
    nowMs,
    lostAfterMs: () => limits.workerLostAfterMs,
    commandsOnReturn,
    onExpected: knownWorkers.note,
  });
  const control = createControl({ findJob: findRun, report: ingest.report, workers, newId: randomUUID, newJobId });
  const starts = assembleStarts({
    ...{ store, ingest, bus, workers, nowMs },
    limits: () => limits.queue,
    workerLostAfterMs: () => limits.workerLostAfterMs,
    endLost: (job) => watch.endLost(job),
    onError: (error, jobId) => log("error", "an offer could not be kept", { job_id: jobId, error: textOf(error) }),
  });
  const queue = assembleQueue({
    ...{ open: parts.openQueue, ingest, bus, nowMs },
    linesOf: starts.queueOf,
    limits: () => limits.queue,
  });
  const watch = watchJobs({
    ingest,
    workerSilentMs,
    control,
    limits: () => limits,
    nowMs,
    onError: (error, jobId) => log("error", "a job could not be seen to", { job_id: jobId, error: textOf(error) }),
  });
  let closing: Promise<void> | null = null;
  let publisher: Publisher | null = null;

  /** How the jobs of a worker that comes back are wanted by now. */
  function commandsOnReturn(worker: string): readonly ControlCommand[] {
    const commands = [...ingest.jobs.open()]
      .filter(({ draft }) => workerOf(draft) === worker)
      .map(({ draft }) => control.commandFor(draft));
    return commands.filter((command) => command !== null);
  }

  /** A job's worker, as the workers are told apart; null for a job without one. */
  function workerOf({ tenant_id, worker }: Job): string | null {
    return worker === null ? null : workerKeyOf(tenant_id, worker);
  }

  /** The tenant's job, with its worker as the workers are told apart. */
  async function findRun(tenantId: string, jobId: string): Promise<Job | null> {
    const job = await findJob(tenantId, jobId);
    return job === null ? null : { ...job, worker: workerOf(job) };
  }

  function workerSilentMs(job: Job): number | null {
    const worker = workerOf(job);
    return worker === null ? null : workers.silentMs(worker);
  }

  const { attempts, retry, setBeforeRetry } = assembleRetries({
    ...{ store, bus, findJob, control, nowMs },
    limits: () => limits,
    onError: (error, jobId) => log("error", "a job could not be tried again", { job_id: jobId, error: textOf(error) }),
  });

  /** What an sdk in this process needs to report for a tenant. */
  function localOf(tenantId: string): LocalEngine {
    const workerOf = (source: string) => workerKeyOf(tenantId, LOCAL_WORKER_PREFIX + source);
    return {
      control: (jobId, verb, reason) => control.command(tenantId, jobId, verb, reason),
      retry: (jobId) => retry(tenantId, jobId),
      ingest(batch) {
        const worker = workerOf(batch.source);
        workers.seen(worker);
        return telemetry.reportUnparsed(
          { source: worker, records: batch.records },
          { tenantId, worker: LOCAL_WORKER_PREFIX + batch.source },
        );
      },
      read: (path, query) => readings.read(tenantId, path, query),
      change: (method, path, body) => changeAlerts(tenantId, method, path, body),
      onCommand(source, listener, kinds = [], { offers = kinds, withInput: only = [] } = {}) {
        const withInput = new Set(only);
        return starts.listenHere({
          ...{ tenantId, listener },
          worker: workerOf(source),
          wanted: { kinds: new Set(kinds), withInput },
          offers: { kinds: new Set(offers), withInput },
        });
      },
    };
  }

  /** Takes nothing more, and stores and says what is at hand. */
  async function stopIntake(): Promise<void> {
    watch.close();
    starts.close();
    await queue.close();
    workers.close();
    await attempts.close();
    const isDone = await ingest.close();
    // The end of what was reported of jobs may still be said of them.
    await forecasts.close();
    if (!(await telemetry.stop()) || !isDone) log("error", "what was at hand could not be stored in time");
  }

  async function end(): Promise<void> {
    try {
      await Promise.all([stopIntake(), retention.close(), health.close(), reports.close()]);
      await trends.close();
      await alerts.close();
      await publisher?.close();
    } finally {
      await stores.close();
    }
  }

  return {
    store,
    telemetryStore,
    telemetry,
    /** Whether what is reported can be stored. */
    writing: stores.writing,
    /** The server's log. */
    log,
    /** The folders whose files viewers may have. */
    media,
    bus,
    ingest,
    workers,
    control,
    starts,
    /** How jobs wait, and who is told of them. */
    queue,
    retention,
    /** Rules, what they found, and what people are told of it. */
    alerts,
    /** What became slower. */
    trends,
    localOf,
    onDemand: starts.onDemand,
    local: localOf(DEFAULT_TENANT),
    ...reads,
    readings,
    /** What is made to be forwarded, by itself or when it is asked for. */
    reports,
    /** How it is; runs by itself once it is started. */
    health,
    /** When open jobs will be done, and what was said of it. */
    forecasts,
    waitForCommands: starts.waitForCommands,
    /** What is tried again by itself. */
    attempts,
    /** As {@link LocalEngine.retry}, of any tenant. */
    retry,
    setBeforeRetry,
    /** What holds for open jobs from now on. */
    setLimits(next: JobLimits): void {
      limits = next;
      queue.notePace();
    },
    /** For how long things are kept from now on. */
    setRetention(next: RetentionPolicy): void {
      detailsMs = next.detailsMs;
      retention.setPolicy(next);
    },
    /** What is told of alerts from now on, and where to. */
    setAlerts(settings: AlertSettings): void {
      alerts.setSettings(settings).catch((error: unknown) => {
        log("error", "other settings of alerts could not be stored; they hold all the same", { error: textOf(error) });
      });
    },
    /** What goes into the log files from now on, and how large they grow. */
    setLogFiles: logFiles.configure,
    publishWith(open: OpenPublisher): void {
      publisher = open({
        epoch: store.epoch,
        liveJobs: () =>
          [...ingest.jobs.open()].map(({ draft: { job_id: jobId, tenant_id: tenantId } }) => ({ jobId, tenantId })),
        currentTicks(jobId) {
          const live = ingest.jobs.peek(jobId);
          return live === undefined ? [] : ingest.currentTicks(live);
        },
      });
      bus.subscribeForViewers(publisher.publish);
    },
    /** Ends the jobs of workers that ended with an earlier process. */
    async recover(): Promise<void> {
      retention.start();
      await knownWorkers.recall(workers);
      await telemetry.recover();
      const lost = await recoverLostJobs({
        openJobIds: store.readOpenJobIds,
        findJob: async (jobId) => (await ingest.jobs.get(jobId))?.draft ?? null,
        report: ingest.report,
      });
      if (lost.length > 0)
        log("warning", `${lost.length} job(s) of an earlier process lost their worker`, { jobs: lost });
      await starts.recover();
      queue.start();
      await alerts.start();
      trends.start();
      await reports.start();
    },
    stopIntake,
    /** Stores what is at hand and lets the files go. */
    close(): Promise<void> {
      closing ??= end();
      return closing;
    },
  };
}

/** An id for a job that was given none. */
export function newJobId(): string {
  return `job_${randomUUID().replaceAll("-", "").slice(0, 20)}`;
}
