import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type JobSummary, type JobsFilter, PlayheadError } from "@playhead/core";
import { createAnnouncer } from "./announce/announce-job.ts";
import { type Audit, createAudit } from "./audit/audit.ts";
import { type Auth, createAuth, SESSION_COOKIE, SESSION_SECONDS } from "./auth/auth.ts";
import { MAX_TOKEN_SEC } from "./auth/job-tokens.ts";
import { mayDo, type Principal } from "./auth/principal.ts";
import { createAddressGuard } from "./callbacks/address-guard.ts";
import { createCallbacks } from "./callbacks/callbacks.ts";
import { createSigningSecrets } from "./callbacks/signing-secrets.ts";
import type { Config } from "./config/config.ts";
import { createEngine, type Engine, type LocalEngine, type ServerLog } from "./engine.ts";
import type { JobLimits } from "./engine-job-watch.ts";
import { createGateway, type Gateway } from "./gateway/gateway.ts";
import { diskCheck } from "./health/checks/disk.ts";
import { ingestCheck } from "./health/checks/ingest.ts";
import { storeCheck } from "./health/checks/store.ts";
import { createHealth, type Health } from "./health/health.ts";
import { createHistory } from "./history/job-as-of.ts";
import type { Api } from "./http/api.ts";
import { addApiPageRoutes } from "./http/api-page-routes.ts";
import { addAuditRoutes } from "./http/audit-routes.ts";
import { addCallbackRoutes } from "./http/callback-routes.ts";
import { addControlRoutes } from "./http/control-routes.ts";
import { createHttp } from "./http/create-http.ts";
import { addCreateJobRoute } from "./http/create-job-route.ts";
import { addEventRoutes } from "./http/event-routes.ts";
import { addJobRoutes } from "./http/job-routes.ts";
import { type AuditedRequest, addKeyRoutes } from "./http/key-routes.ts";
import { addMonitoringRoutes } from "./http/monitoring-routes.ts";
import { addPageRoutes } from "./http/page-routes.ts";
import { createRequestLimit } from "./http/request-limit.ts";
import { addSessionRoutes } from "./http/session-routes.ts";
import { createSignInLimit } from "./http/sign-in-limit.ts";
import { addTokenRoutes } from "./http/token-routes.ts";
import { addVideoRoutes } from "./http/video-routes.ts";
import { addWorkerRoutes } from "./http/worker-routes.ts";
import { createIdempotency } from "./idempotency/idempotency.ts";
import type { MediaRoots } from "./media/media-roots.ts";
import { DEFAULT_TENANT, isWorkerOf, workerKeyOf } from "./tenants.ts";

export interface ServerOptions {
  readonly config: Config;
  /** Folder of the built dashboard. */
  readonly dashboardFolder: string;
  readonly version: string;
  readonly log: ServerLog;
}

/** A server that runs. */
export interface PlayheadServer {
  /** Such as `http://127.0.0.1:8765`. */
  readonly url: string;
  /** The address that signs a browser in. */
  readonly signInUrl: string;
  readonly accessKey: string;
  /** The other end of an sdk's `local` transport. */
  readonly local: LocalEngine;
  readonly health: Health;
  readonly media: MediaRoots;
  /** Takes nothing more, stores what is at hand, says goodbye to clients, and lets everything go. */
  close(): Promise<void>;
}

const LIST_SIZE = 100;
/** A caller who was quiet may ask for so many seconds' worth at once. */
const BURST_SEC = 2;
/** How long requests under way have to be answered when the server ends. */
const LAST_ANSWERS_MS = 3_000;

/**
 * Starts Playhead: store, ingest, bus, gateway, HTTP. The one place that knows all the rooms.
 *
 * @throws PlayheadError `port_in_use`, `data_in_use`, and the others of {@link createEngine}
 */
export async function startServer(options: ServerOptions): Promise<PlayheadServer> {
  const engine = await createEngine({
    dataFolder: options.config.data,
    log: options.log,
    limits: jobLimits(options.config),
  });
  try {
    return await startNetwork(engine, options);
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function startNetwork(engine: Engine, { config, dashboardFolder, version, log }: ServerOptions) {
  const { store, ingest, media } = engine;
  const auth = await createAuth({
    dataFolder: config.data,
    adminKey: config.admin_key,
    secret: config.secret,
    tenantId: DEFAULT_TENANT,
    store,
    nowMs: Date.now,
    onError: (error) => log("warning", "a matter of keys failed", { error: textOf(error) }),
  });
  const health = createHealth(Date.now);
  health.register(storeCheck(store));
  health.register(ingestCheck({ isStuck: ingest.isStuck, pending: ingest.pending }));
  health.register(diskCheck(config.data));
  let isReady = false;

  const { requests_per_second: perSecond } = config;
  const callbackParts = openCallbacks(engine, config, log);
  const http = await createHttp({
    version,
    authenticate: auth.ofRequest,
    mayDo,
    admit: createRequestLimit({ perSecond, burst: perSecond * BURST_SEC, nowMs: Date.now }).admit,
    onError: (error, request) => log("error", "a request failed", { ...request, error: textOf(error) }),
  });
  addApi(http, engine, auth, callbackParts);
  addAdministration(http, engine, auth, createAudit({ store, nowMs: Date.now }));
  addMonitoringRoutes(http, {
    health: health.report,
    countJobs: store.countJobs,
    itemsPerMinute: engine.itemsPerMinute,
    nowMs: Date.now,
    server: { version, started_at: new Date().toISOString(), epoch: store.epoch },
    isReady: () => isReady,
  });
  addApiPageRoutes(http);
  await addPageRoutes(http, {
    dashboardFolder,
    // Only jobs of this machine have files here, and they are the default tenant's.
    mediaFile: async (tenantId, rootId, path) => (tenantId === DEFAULT_TENANT ? media.fileOf(rootId, path) : null),
  });
  const gateway = openGateway(engine, auth, log);
  gateway.attach(http.server);

  await listen(http, gateway, config);
  const { port } = http.server.address() as AddressInfo;
  const url = `http://${config.host.includes(":") ? `[${config.host}]` : config.host}:${port}`;
  isReady = true;
  const { callbacks } = callbackParts;
  callbacks.catchUp().catch((error) => log("error", "callbacks could not be taken up", { error: textOf(error) }));

  let closing: Promise<void> | null = null;
  async function closeAll(): Promise<void> {
    isReady = false;
    // First the intake, so that senders and viewers still hear what became of the last of it.
    await engine.stopIntake();
    await gateway.close();
    await Promise.all([closeHttp(http), callbacks.close()]);
    await engine.close();
  }

  return {
    url,
    signInUrl: `${url}/?key=${encodeURIComponent(auth.accessKey)}`,
    accessKey: auth.accessKey,
    local: engine.local,
    health,
    media,
    close(): Promise<void> {
      closing ??= closeAll();
      return closing;
    },
  };
}

/** Whom jobs call when they have ended. */
function openCallbacks({ store, bus, readJob }: Engine, { host, callback_private }: Config, log: ServerLog) {
  const secrets = createSigningSecrets({ store, nowMs: Date.now, newKey: () => randomBytes(24) });
  const callbacks = createCallbacks({
    store,
    bus,
    readJob,
    guard: createAddressGuard({ allowPrivate: callback_private ?? isThisMachine(host) }),
    secrets,
    nowMs: Date.now,
    random: Math.random,
    newId: () => `msg_${randomBytes(15).toString("base64url")}`,
    onError: (error, jobId) => log("error", "a callback failed", { job_id: jobId, error: textOf(error) }),
  });
  return { callbacks, secrets };
}

type CallbackParts = ReturnType<typeof openCallbacks>;

/** @returns whether a server on this address answers this machine only */
function isThisMachine(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

function addApi(http: Api, engine: Engine, auth: Auth, { callbacks, secrets }: CallbackParts): void {
  const { store, ingest, workers, control, starts } = engine;
  addSessionRoutes(http, {
    openSession: auth.openSession,
    cookieName: SESSION_COOKIE,
    cookieSeconds: SESSION_SECONDS,
    limit: createSignInLimit({ nowMs: Date.now }),
  });
  const announcer = createAnnouncer({
    createdMs: async (tenantId, jobId) => {
      const job = await engine.readJob(tenantId, jobId);
      return job === null ? null : Date.parse(job.created_at);
    },
    ingest: (tenantId, records) => ingest.ingest({ source: "server", records }, { tenantId, worker: null }),
    keepCallback: callbacks.keep,
    nowMs: Date.now,
  });
  addCreateJobRoute(http, {
    announce: announcer.announce,
    readJob: engine.readJob,
    answerOnce: createIdempotency({ store, nowMs: Date.now }).answer,
  });
  addJobRoutes(http, {
    store,
    readJob: engine.readJob,
    hasJob: engine.hasJob,
    refresh: engine.refresh,
    projectTasks: engine.projectTasks,
    jobAsOf: createHistory({ store }).jobAsOf,
    nowMs: Date.now,
  });
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
    retry: control.retry,
    waitForCommands: engine.waitForCommands,
    confirmCommand: (tenantId, source, commandId) => {
      const isTheirs = (worker: string) => isWorkerOf(tenantId, worker);
      const worker = source === null ? null : workerKeyOf(tenantId, source);
      return workers.confirm(worker, commandId, isTheirs) || starts.confirm(commandId, isTheirs);
    },
  });
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
      return ingest.ingest({ source: worker, records }, { tenantId, worker: source });
    },
  });
}

function addAdministration(http: Api, { hasJob }: Engine, auth: Auth, log: Audit): void {
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
  addAuditRoutes(http, { list: log.list, isOwner });
}

function openGateway(engine: Engine, auth: Auth, log: ServerLog): Gateway {
  const { store, bus, ingest } = engine;
  return createGateway({
    source: {
      epoch: store.epoch,
      bus,
      store,
      peekJob: (jobId) => {
        const live = ingest.jobs.peek(jobId);
        return (
          live && {
            draft: live.draft,
            currentTicks: () => ingest.currentTicks(live),
            storedSoon: () => engine.isStoredSoon(live),
          }
        );
      },
      loadJob: ingest.jobs.get,
    },
    bus,
    readJobs: engine.readLive,
    listJobs: (tenantId, filter) => listJobs(engine, tenantId, filter),
    authenticate: (request) => ofSocket(auth, request),
    nowMs: Date.now,
    onError: (error) => log("warning", "a socket failed", { error: textOf(error) }),
  });
}

/** Who opens a socket. A job token opens the simple mode of a job that it names. */
async function ofSocket(auth: Auth, request: IncomingMessage): Promise<Principal | null> {
  const principal = await auth.ofUpgrade(request);
  if (principal === null || principal.jobIds === null) return principal;
  const isSimple = request.headers["sec-websocket-protocol"] === undefined;
  const jobId = new URLSearchParams(request.url?.split("?").slice(1).join("?")).get("job_id");
  return isSimple && jobId !== null && principal.jobIds.has(jobId) ? principal : null;
}

function jobLimits(config: Config): JobLimits {
  const kinds = Object.entries(config.kinds).map(([kind, { stuck_after_ms, stall_after_ms }]) => [
    kind,
    {
      ...(stuck_after_ms !== undefined && { stuckAfterMs: stuck_after_ms }),
      ...(stall_after_ms !== undefined && { stallAfterMs: stall_after_ms }),
    },
  ]);
  return {
    workerLostAfterMs: config.worker_lost_after_ms,
    leaseMs: config.worker_lease_ms,
    stuckAfterMs: config.stuck_after_ms,
    stallAfterMs: config.stall_after_ms,
    pauseDeadlineMs: config.pause_deadline_ms,
    cancelDeadlineMs: config.cancel_deadline_ms,
    kinds: Object.fromEntries(kinds),
  };
}

async function listen(http: Api, gateway: Gateway, { host, port }: Config): Promise<void> {
  try {
    await http.listen({ host, port });
  } catch (cause) {
    await gateway.close();
    await http.close();
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE" && code !== "EACCES" && code !== "EADDRNOTAVAIL" && code !== "ENOTFOUND") throw cause;
    const why = {
      EADDRINUSE: "is in use",
      EACCES: "may not be opened",
      EADDRNOTAVAIL: "is no address of this machine",
      ENOTFOUND: "is no address of this machine",
    }[code];
    throw new PlayheadError("port_in_use", `${host}:${port} ${why}`, {
      hint: "choose another with --port or PLAYHEAD_PORT",
      cause,
    });
  }
}

/** Answers what is under way, and cuts off who does not take the answer. */
async function closeHttp(http: Api): Promise<void> {
  const cutOff = setTimeout(() => http.server.closeAllConnections(), LAST_ANSWERS_MS);
  await http.close();
  clearTimeout(cutOff);
}

async function listJobs(
  { store, refresh }: Engine,
  tenantId: string,
  filter: JobsFilter,
): Promise<readonly JobSummary[]> {
  const { items } = await store.listJobs({
    tenantId,
    sort: "created_at",
    order: "desc",
    limit: filter.limit ?? LIST_SIZE,
    ...(filter.state !== undefined && { states: filter.state }),
    ...(filter.kind !== undefined && { kinds: filter.kind }),
  });
  return refresh(items);
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
