import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type JobsFilter, type JobSummary, type JsonObject, PlayheadError, summaryOf } from "@playhead/core";
import { createAuth, SESSION_COOKIE, SESSION_SECONDS } from "./auth/auth.ts";
import { mayDo } from "./auth/principal.ts";
import type { Config } from "./config/config.ts";
import { createEngine, DEFAULT_TENANT, type Engine, type LocalEngine, type ServerLog } from "./engine.ts";
import { createGateway } from "./gateway/gateway.ts";
import { diskCheck } from "./health/checks/disk.ts";
import { storeCheck } from "./health/checks/store.ts";
import { createHealth, type Health } from "./health/health.ts";
import { addControlRoutes } from "./http/control-routes.ts";
import { createHttp } from "./http/create-http.ts";
import { addEventRoutes } from "./http/event-routes.ts";
import { addJobRoutes, type NewJob } from "./http/job-routes.ts";
import { addMonitoringRoutes } from "./http/monitoring-routes.ts";
import { addPageRoutes } from "./http/page-routes.ts";
import { addSessionRoutes } from "./http/session-routes.ts";
import type { LiveJob } from "./ingest/live-job.ts";
import { createMediaRoots, type MediaRoots } from "./media/media-roots.ts";

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

/**
 * Starts Playhead: store, ingest, bus, gateway, HTTP. The one place that knows all the rooms.
 *
 * @throws PlayheadError `port_in_use`, `data_in_use`, and the others of {@link createEngine}
 */
export async function startServer({ config, dashboardFolder, version, log }: ServerOptions): Promise<PlayheadServer> {
  const startedAt = new Date().toISOString();
  const engine = await createEngine({ dataFolder: config.data, log });
  try {
    return await startNetwork(engine, { config, dashboardFolder, version, log }, startedAt);
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function startNetwork(engine: Engine, options: ServerOptions, startedAt: string): Promise<PlayheadServer> {
  const { config, dashboardFolder, version, log } = options;
  const { store, bus, ingest, workers, control, findJob } = engine;
  const auth = createAuth({ dataFolder: config.data, adminKey: config.admin_key, secret: config.secret, tenantId: DEFAULT_TENANT });
  const health = createHealth(Date.now);
  health.register(storeCheck(store));
  health.register(diskCheck(config.data));
  const media = createMediaRoots(join(config.data, "media-roots.json"));
  let ready = false;

  const http = await createHttp({
    version,
    authorize: async (request, permission) => {
      const principal = await auth.ofRequest(request.headers);
      if (principal === null || permission === "public") return principal;
      return mayDo(principal, permission) ? principal : "forbidden";
    },
    onError: (error, request) => log("error", "a request failed", { ...request, error: error instanceof Error ? error.stack : String(error) }),
  });
  addSessionRoutes(http, {
    isKey: (key) => auth.fromKey(key) !== null,
    openSession: auth.openSession,
    cookieName: SESSION_COOKIE,
    cookieSeconds: SESSION_SECONDS,
    describe: auth.ofRequest,
  });
  const peekJob = (jobId: string) => ingest.jobs.peek(jobId)?.draft;
  addJobRoutes(http, { store, findJob, peekJob, createJob: (tenantId, job) => announce(engine, tenantId, job) });
  addControlRoutes(http, {
    findJob,
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
  addMonitoringRoutes(http, {
    health: health.report,
    countJobs: store.countJobs,
    nowMs: Date.now,
    server: { version, started_at: startedAt, epoch: store.epoch },
    isReady: () => ready,
  });
  await addPageRoutes(http, { dashboardFolder, mediaFolder: media.folderOf });

  const gateway = createGateway({
    source: {
      epoch: store.epoch,
      bus,
      store,
      committed: ingest.committed,
      findJob: async (tenantId, jobId) => feedJob(engine, tenantId, await ingest.jobs.get(jobId)),
    },
    bus,
    peekJob,
    listJobs: (tenantId, filter) => listJobs(engine, tenantId, filter),
    authenticate: (request) => auth.ofUpgrade(request),
    nowMs: Date.now,
    onError: (error) => log("warning", "a socket failed", { error: error.message }),
  });
  gateway.attach(http.server);

  await listen(http, config);
  const { port } = http.server.address() as AddressInfo;
  const url = `http://${config.host.includes(":") ? `[${config.host}]` : config.host}:${port}`;
  ready = true;

  return {
    url,
    signInUrl: `${url}/?key=${encodeURIComponent(auth.accessKey)}`,
    accessKey: auth.accessKey,
    local: engine.local,
    health,
    media,
    async close() {
      ready = false;
      await gateway.close();
      await http.close();
      await engine.close();
    },
  };
}

async function listen(http: Awaited<ReturnType<typeof createHttp>>, { host, port }: Config): Promise<void> {
  try {
    await http.listen({ host, port });
  } catch (cause) {
    await http.close();
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE" && code !== "EACCES" && code !== "EADDRNOTAVAIL") throw cause;
    const why = { EADDRINUSE: "is in use", EACCES: "may not be opened", EADDRNOTAVAIL: "is no address of this machine" }[code];
    throw new PlayheadError("port_in_use", `${host}:${port} ${why}`, { hint: "choose another with --port or PLAYHEAD_PORT", cause });
  }
}

async function announce({ ingest }: Engine, tenantId: string, { job_id, ...definition }: NewJob): Promise<string> {
  const jobId = job_id ?? `job_${randomUUID().replaceAll("-", "").slice(0, 20)}`;
  await ingest.report(tenantId, { type: "job.created", job_id: jobId, data: definition as JsonObject });
  return jobId;
}

function feedJob({ ingest }: Engine, tenantId: string, live: LiveJob | null) {
  if (live === null || live.draft.tenant_id !== tenantId) return null;
  return { draft: live.draft, currentTicks: () => ingest.currentTicks(live) };
}

async function listJobs({ store, ingest }: Engine, tenantId: string, filter: JobsFilter): Promise<readonly JobSummary[]> {
  const { items } = await store.listJobs({
    tenantId,
    sort: "created_at",
    order: "desc",
    limit: filter.limit ?? LIST_SIZE,
    ...(filter.state !== undefined && { states: filter.state }),
    ...(filter.kind !== undefined && { kinds: filter.kind }),
  });
  return items.map((job) => {
    const live = ingest.jobs.peek(job.job_id);
    return live === undefined ? job : summaryOf(live.draft);
  });
}
