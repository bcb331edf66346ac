import { createAnnouncer } from "./announce/announce-job.ts";
import type { CallbackParts } from "./app-callbacks.ts";
import type { ServerFiles } from "./app-files.ts";
import type { Audit } from "./audit/audit.ts";
import { createAttemptLimit } from "./auth/attempt-limit.ts";
import { type Auth, SESSION_COOKIE } from "./auth/auth.ts";
import { MAX_SHARE_SEC, MAX_TOKEN_SEC } from "./auth/job-tokens.ts";
import { mayDo } from "./auth/principal.ts";
import { SESSION_SECONDS } from "./auth/sessions.ts";
import type { Engine } from "./engine.ts";
import { asTold } from "./forecast/as-told.ts";
import { createHistory } from "./history/job-as-of.ts";
import type { Api } from "./http/api.ts";
import { addAuditRoutes } from "./http/audit-routes.ts";
import { addCallbackRoutes } from "./http/callback-routes.ts";
import { addCleanupRoute } from "./http/cleanup-route.ts";
import { addControlRoutes } from "./http/control-routes.ts";
import { addCreateJobRoute } from "./http/create-job-route.ts";
import { addEventRoutes } from "./http/event-routes.ts";
import { addExportRoutes } from "./http/export-routes.ts";
import { addForecastHistoryRoutes, addForecastRoute } from "./http/forecast-routes.ts";
import { addJobKindRoutes } from "./http/job-kind-routes.ts";
import { addJobRoutes } from "./http/job-routes.ts";
import { type AuditedRequest, addKeyRoutes } from "./http/key-routes.ts";
import { addLogRoutes } from "./http/log-routes.ts";
import { addMonitoringStatsRoutes } from "./http/monitoring-stats-routes.ts";
import { addPerformanceRoutes } from "./http/performance-routes.ts";
import { addQueueRoutes } from "./http/queue-routes.ts";
import { addReportRoutes } from "./http/report-routes.ts";
import { addSessionRoutes } from "./http/session-routes.ts";
import { addShareRoutes, type ShareRoutesDeps } from "./http/share-routes.ts";
import { addTokenRoutes } from "./http/token-routes.ts";
import { addTrendRoutes } from "./http/trend-routes.ts";
import { addUploadRoutes } from "./http/upload-routes.ts";
import { addVideoRoutes } from "./http/video-routes.ts";
import { addWorkerRoutes } from "./http/worker-routes.ts";
import { createIdempotency } from "./idempotency/idempotency.ts";
import type { JobKinds } from "./job-kinds/job-kinds.ts";
import { lastPeriod } from "./reports/report-range.ts";
import { isWorkerOf, workerKeyOf } from "./tenants.ts";

/** Jobs, their control, and what workers report: everything that the API does with the engine. */
export function addApi(
  http: Api,
  engine: Engine,
  auth: Auth,
  { callbacks, secrets }: CallbackParts,
  { kinds, files, timeZone }: { readonly kinds: JobKinds; readonly files: ServerFiles; readonly timeZone: string },
): void {
  const { store, ingest, workers, control, starts, attempts, forecasts } = engine;
  const history = createHistory({ store });
  addSessionRoutes(http, {
    openSession: auth.openSession,
    endSession: auth.endSession,
    timeZone,
    cookieName: SESSION_COOKIE,
    cookieSeconds: SESSION_SECONDS,
    limit: createAttemptLimit({ nowMs: Date.now }),
  });
  const announcer = createAnnouncer({
    createdMs: async (tenantId, jobId) => {
      const job = await engine.readJob(tenantId, jobId);
      return job === null ? null : Date.parse(job.created_at);
    },
    ingest: (tenantId, records) => ingest.ingest({ source: "server", records }, { tenantId, worker: null }),
    keepCallback: callbacks.keep,
    keepAttempts: attempts.keep,
    nowMs: Date.now,
  });
  addCreateJobRoute(http, {
    announce: announcer.announce,
    async prepare(tenantId, job) {
      const metadata = kinds.metadataOf(job);
      const isKnown = kinds.isKnown(job.kind);
      if (isKnown) await files.noteUploads(tenantId, metadata?.input);
      const most = job.max_attempts ?? attempts.defaultFor(job.kind, isKnown);
      return {
        ...(metadata !== undefined && { metadata: { ...metadata } }),
        ...(most !== undefined && { max_attempts: most }),
      };
    },
    isSubmission: kinds.isSubmission,
    mayDo,
    readJob: engine.readJob,
    answerOnce: createIdempotency({ store, nowMs: Date.now }).answer,
  });
  addJobRoutes(http, {
    store,
    logs: engine.telemetry.jobLogs,
    readJob: engine.readJob,
    hasJob: engine.hasJob,
    refresh: engine.refresh,
    projectTasks: engine.projectTasks,
    jobAsOf: async (jobId, atMs) => {
      const job = await history.jobAsOf(jobId, atMs);
      return job === null ? null : asTold(job, await forecasts.toldAt(jobId, atMs), atMs);
    },
    waitingOf: starts.waitingOf,
    nowMs: Date.now,
  });
  addForecastRoute(http, { readJob: engine.readJob, forecastOf: forecasts.forecastOf });
  addJobKindRoutes(http, { listKinds: kinds.list, demandOf: starts.demandOf });
  addVideoRoutes(http, { store, hasJob: engine.hasJob, projectTasks: engine.projectTasks });
  addCallbackRoutes(http, {
    hasJob: engine.hasJob,
    readCallback: callbacks.read,
    describeSecret: secrets.describe,
    rotateSecret: secrets.rotate,
  });
  addControlRoutes(http, {
    summarize: async (tenantId, jobId) => {
      const [job] = await engine.readLive([jobId]);
      return job?.tenant_id === tenantId ? job : null;
    },
    command: control.command,
    retry: engine.retry,
    waitForCommands: engine.waitForCommands,
    confirmCommand: (tenantId, source, commandId) => {
      const isTheirs = (worker: string) => isWorkerOf(tenantId, worker);
      const worker = source === null ? null : workerKeyOf(tenantId, source);
      return workers.confirm(worker, commandId, isTheirs) || starts.confirm(commandId, isTheirs);
    },
  });
  addQueueRoutes(http, { readQueue: engine.queue.read, claim: starts.claim });
  addWorkerRoutes(http, {
    heartbeat: async (tenantId, source, jobIds) => {
      workers.beat(workerKeyOf(tenantId, source));
      return engine.endedJobs(tenantId, jobIds);
    },
  });
  addEventRoutes(http, {
    ingest: (tenantId, source, records) => {
      const worker = workerKeyOf(tenantId, source);
      workers.seen(worker);
      // Viewers know it by the name that it has among its tenant's.
      return engine.telemetry.report({ source: worker, records }, { tenantId, worker: source });
    },
  });
}

/** What was observed: the log, calls, the machine; whole, in figures, and as files. */
export function addObservations(http: Api, { readings }: Engine): void {
  addLogRoutes(http, readings.logs);
  addPerformanceRoutes(http, readings.calls);
  addTrendRoutes(http, readings.trends);
  addMonitoringStatsRoutes(http, readings.monitoring);
  addExportRoutes(http, readings.exporting);
}

/** Links for those who wait for a job. */
export function addSharing(
  http: Api,
  { hasJob, readJob }: Engine,
  deps: { readonly auth: Auth; readonly log: Audit } & Pick<ShareRoutesDeps, "publicUrl" | "mediaFile">,
): void {
  const { auth, log, publicUrl, mediaFile } = deps;
  addShareRoutes(http, {
    hasJob,
    readJob,
    mintToken: auth.mintToken,
    maxShareSec: MAX_SHARE_SEC,
    publicUrl,
    mediaFile,
    audit: ({ caller, ip }, action, target, tenantId) =>
      log.record({ credential_id: caller.credentialId, tenant_id: tenantId, action, target, address: ip }),
  });
}

/** Who asks for a cleanup waits for so long at most. */
const CLEANUP_MS = 2_000;

/** Keys, job tokens, uploads, reports, retention, and the log of what was done with them. */
export function addAdministration(
  http: Api,
  { hasJob, retention, forecasts, reports }: Engine,
  { auth, log, uploads }: { readonly auth: Auth; readonly log: Audit; readonly uploads: ServerFiles["uploads"] },
): void {
  const { isOwner } = auth;
  const audit = ({ caller, ip }: AuditedRequest, action: string, target: string, tenantId: string) =>
    log.record({ credential_id: caller.credentialId, tenant_id: tenantId, action, target, address: ip });
  addKeyRoutes(http, {
    createKey: auth.createKey,
    listKeys: auth.listKeys,
    revokeKey: auth.revokeKey,
    isOwner,
    audit,
  });
  addTokenRoutes(http, {
    hasJob,
    mayDo,
    mintToken: auth.mintToken,
    revokeToken: auth.revokeToken,
    maxTokenSec: MAX_TOKEN_SEC,
    audit,
  });
  addUploadRoutes(http, { uploads, audit });
  addAuditRoutes(http, { list: log.list, isOwner });
  addForecastHistoryRoutes(http, { ...forecasts, audit });
  addReportRoutes(http, { reports, lastPeriod, audit, nowMs: Date.now });
  addCleanupRoute(http, { cleanUp: () => retention.runNow(CLEANUP_MS), isOwner, audit });
}
