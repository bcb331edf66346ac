import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { type JobSummary, type JobsFilter, PlayheadError, parseRecord } from "@playhead/core";
import { type Auth, createAuth, SESSION_COOKIE, SESSION_SECONDS } from "./auth/auth.ts";
import { mayDo } from "./auth/principal.ts";
import type { Config } from "./config/config.ts";
import { createEngine, DEFAULT_TENANT, type Engine, type LocalEngine, type ServerLog } from "./engine.ts";
import { createGateway, type Gateway, type GatewayLoad } from "./gateway/gateway.ts";
import { diskCheck } from "./health/checks/disk.ts";
import { ingestCheck } from "./health/checks/ingest.ts";
import { storeCheck } from "./health/checks/store.ts";
import { createHealth, type Health } from "./health/health.ts";
import type { Api } from "./http/api.ts";
import { addControlRoutes } from "./http/control-routes.ts";
import { createHttp } from "./http/create-http.ts";
import { addEventRoutes } from "./http/event-routes.ts";
import { addJobRoutes, type NewJob } from "./http/job-routes.ts";
import { addMonitoringRoutes } from "./http/monitoring-routes.ts";
import { addPageRoutes } from "./http/page-routes.ts";
import { addSessionRoutes } from "./http/session-routes.ts";
import { addStreamRoutes } from "./http/stream-routes.ts";
import type { MediaRoots } from "./media/media-roots.ts";

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
  /** What viewers cost at the moment. */
  readonly load: () => GatewayLoad;
  /** Takes nothing more, stores what is at hand, says goodbye to clients, and lets everything go. */
  close(): Promise<void>;
}

const LIST_SIZE = 100;
/** How long requests under way have to be answered when the server ends. */
const LAST_ANSWERS_MS = 3_000;

/**
 * Starts Playhead: store, ingest, bus, gateway, HTTP. The one place that knows all the rooms.
 *
 * @throws PlayheadError `port_in_use`, `data_in_use`, and the others of {@link createEngine}
 */
export async function startServer(options: ServerOptions): Promise<PlayheadServer> {
  const engine = await createEngine({ dataFolder: options.config.data, log: options.log });
  try {
    return await startNetwork(engine, options);
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function startNetwork(engine: Engine, { config, dashboardFolder, version, log }: ServerOptions) {
  const { store, ingest, media } = engine;
  const auth = createAuth({
    dataFolder: config.data,
    adminKey: config.admin_key,
    secret: config.secret,
    tenantId: DEFAULT_TENANT,
  });
  const health = createHealth(Date.now);
  health.register(storeCheck(store));
  health.register(ingestCheck({ isStuck: ingest.isStuck, pending: ingest.pending }));
  health.register(diskCheck(config.data));
  let isReady = false;

  const http = await createHttp({
    version,
    authorize: async (request, permission) => {
      const { tokenInQuery } = request.routeOptions.config;
      const principal = await (tokenInQuery ? auth.ofUpgrade(request.raw) : auth.ofRequest(request.headers));
      if (principal === null || permission === "public") return principal;
      return mayDo(principal, permission) ? principal : "forbidden";
    },
    onError: (error, request) => log("error", "a request failed", { ...request, error: textOf(error) }),
  });
  addApi(http, engine, auth);
  addMonitoringRoutes(http, {
    health: health.report,
    countJobs: store.countJobs,
    itemsPerMinute: engine.itemsPerMinute,
    nowMs: Date.now,
    server: { version, started_at: new Date().toISOString(), epoch: store.epoch },
    isReady: () => isReady,
  });
  await addPageRoutes(http, { dashboardFolder, mediaFile: media.fileOf });
  const gateway = openGateway(engine, auth, config, log);
  addStreamRoutes(http, gateway);
  gateway.attach(http.server);

  await listen(http, gateway, config);
  const { port } = http.server.address() as AddressInfo;
  const url = `http://${config.host.includes(":") ? `[${config.host}]` : config.host}:${port}`;
  isReady = true;

  let closing: Promise<void> | null = null;
  async function closeAll(): Promise<void> {
    isReady = false;
    // First the intake, so that senders and viewers still hear what became of the last of it.
    await engine.stopIntake();
    await gateway.close();
    await closeHttp(http);
    await engine.close();
  }

  return {
    url,
    signInUrl: `${url}/?key=${encodeURIComponent(auth.accessKey)}`,
    accessKey: auth.accessKey,
    local: engine.local,
    health,
    media,
    load: gateway.load,
    close(): Promise<void> {
      closing ??= closeAll();
      return closing;
    },
  };
}

function addApi(http: Api, engine: Engine, auth: Auth): void {
  const { store, ingest, workers, control } = engine;
  addSessionRoutes(http, {
    isKey: (key) => auth.fromKey(key) !== null,
    openSession: auth.openSession,
    cookieName: SESSION_COOKIE,
    cookieSeconds: SESSION_SECONDS,
    describe: auth.ofRequest,
  });
  addJobRoutes(http, {
    store,
    readJob: engine.readJob,
    hasJob: engine.hasJob,
    refresh: engine.refresh,
    projectTasks: engine.projectTasks,
    createJob: (tenantId, job) => announce(engine, tenantId, job),
  });
  addControlRoutes(http, {
    summarize: async (tenantId, jobId) => {
      const [job] = await engine.readLive([jobId]);
      return job?.tenant_id === tenantId ? job : null;
    },
    command: control.command,
    waitForCommands: async (source, waitMs, signal) => {
      await workers.wait(source, waitMs, signal);
      return workers.waiting(source);
    },
    confirmCommand: workers.confirm,
  });
  addEventRoutes(http, {
    ingest: (tenantId, source, records) => {
      workers.seen(source);
      return ingest.ingest({ source, records }, { tenantId, worker: source });
    },
  });
}

function openGateway(engine: Engine, auth: Auth, config: Config, log: ServerLog): Gateway {
  const { store, bus, ingest } = engine;
  return createGateway({
    source: {
      epoch: store.epoch,
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
    authenticate: auth.ofUpgrade,
    authenticateToken: async (token) => auth.fromKey(token),
    onRevoked: () => () => undefined,
    limits: { perTenant: config.connections_per_tenant, perAddress: config.connections_per_address },
    nowMs: Date.now,
    onError: (error) => log("warning", "a socket failed", { error: textOf(error) }),
  });
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

async function announce({ ingest }: Engine, tenantId: string, { job_id, ...definition }: NewJob): Promise<string> {
  const jobId = job_id ?? `job_${randomUUID().replaceAll("-", "").slice(0, 20)}`;
  const ts = new Date().toISOString();
  const { type, data } = parseRecord({ type: "job.created", job_id: jobId, ts, data: definition });
  await ingest.report(tenantId, { type, job_id: jobId, data });
  return jobId;
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
    ...(filter.user_id !== undefined && { userId: filter.user_id }),
  });
  return refresh(items);
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
