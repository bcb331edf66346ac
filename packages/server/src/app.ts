import type { AddressInfo } from "node:net";
import { PlayheadError } from "@playhead/core";
import { addAlerts } from "./app-alert-routes.ts";
import { openCallbacks } from "./app-callbacks.ts";
import { configWithoutFile } from "./app-config.ts";
import { openFiles } from "./app-files.ts";
import { openGateway } from "./app-gateway.ts";
import { openMetrics } from "./app-metrics.ts";
import { openOtel } from "./app-otel.ts";
import { queueOf } from "./app-queue.ts";
import { createAlertSettings, healthSettingsOf, openLiveConfig, requestLimitsOf } from "./app-reload.ts";
import { addAdministration, addApi, addObservations, addSharing } from "./app-routes.ts";
import { type EngineSeat, partsOfSeat, serveAtSeat, tellOfCredentials } from "./app-seat.ts";
import { mirrorToSupabase } from "./app-supabase.ts";
import { createAudit } from "./audit/audit.ts";
import { createAuth } from "./auth/auth.ts";
import { mayDo } from "./auth/principal.ts";
import type { Config } from "./config/config.ts";
import type { LoadedConfig } from "./config/load-config.ts";
import { createEngine, type Engine } from "./engine.ts";
import type { AlertSettings, EngineAlerts } from "./engine-alerts.ts";
import { jobLimitsOf } from "./engine-job-watch.ts";
import type { LocalEngine } from "./engine-local.ts";
import { logFilesSettingsOf } from "./engine-log-files.ts";
import { databaseOf } from "./engine-postgres.ts";
import { retentionPolicyOf } from "./engine-retention.ts";
import type { EngineSupabase } from "./engine-supabase.ts";
import { textOf } from "./error-text.ts";
import type { Gateway, GatewayLoad } from "./gateway/gateway.ts";
import { objectStorageCheck } from "./health/checks/object-storage.ts";
import { folderStorage } from "./health/folder-storage.ts";
import type { Health } from "./health/health.ts";
import type { Api } from "./http/api.ts";
import { addApiPageRoutes } from "./http/api-page-routes.ts";
import { addConfigRoutes } from "./http/config-routes.ts";
import { createHttp } from "./http/create-http.ts";
import { addHealthRoutes } from "./http/health-routes.ts";
import { addMetricsRoute } from "./http/metrics-route.ts";
import { addMonitoringRoutes } from "./http/monitoring-routes.ts";
import { addPageRoutes } from "./http/page-routes.ts";
import { createRequestLimit } from "./http/request-limit.ts";
import { addAlertStreamRoute, addStreamRoutes } from "./http/stream-routes.ts";
import { createJobKinds, type JobKindInfo } from "./job-kinds/job-kinds.ts";
import type { MediaRoots } from "./media/media-roots.ts";
import type { ServerLog } from "./server-log.ts";
import { DEFAULT_TENANT } from "./tenants.ts";

export interface ServerOptions {
  readonly config: Config;
  /** Where `config` was read from: then its file is followed while the server runs. */
  readonly loaded?: LoadedConfig;
  /** Folder of the built dashboard. */
  readonly dashboardFolder: string;
  readonly version: string;
  readonly log: ServerLog;
  /** The kinds of jobs that can be submitted, with what their input has to be. @defaultValue none */
  readonly jobKinds?: readonly JobKindInfo[];
  /** @defaultValue what the configuration says */
  readonly alerts?: AlertSettings;
  /** Where it runs within a cluster. @defaultValue it is alone, and listens itself */
  readonly seat?: EngineSeat;
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
  /** The same for another tenant. */
  readonly localOf: (tenantId: string) => LocalEngine;
  /**
   * Where an upload of a tenant lies, for a job of theirs.
   * @throws PlayheadError `input_missing`
   */
  readonly uploadedFile: (tenantId: string, uploadId: string) => Promise<string>;
  /** Calls the listener with each tenant that may want something run. @returns ends it */
  readonly onDemand: (listener: (tenantId: string) => void) => () => void;
  /** How it is; takes more checks. */
  readonly health: Health;
  readonly media: MediaRoots;
  /** Rules, what they found, and what people are told of it. */
  readonly alerts: EngineAlerts;
  /** What viewers cost at the moment. */
  readonly load: () => GatewayLoad;
  /** Figures for Prometheus, of the whole server. */
  readonly metricsText: () => Promise<string>;
  /** How many jobs have not ended, of all tenants. */
  readonly activeJobs: () => number;
  /** Aborts when another server has taken over the database of this one, which stores nothing more: it is to be closed. */
  readonly lost: AbortSignal;
  /** Takes nothing more, stores what is at hand, says goodbye to clients, and lets everything go. */
  close(): Promise<void>;
}

/** How long requests under way have to be answered when the server ends. */
const LAST_ANSWERS_MS = 3_000;

/**
 * Starts Playhead: store, ingest, bus, gateway, HTTP. The one place that knows all the rooms.
 *
 * @throws PlayheadError `port_in_use`, `data_in_use`, and the others of {@link createEngine}
 */
export async function startServer(options: ServerOptions): Promise<PlayheadServer> {
  const alertSettings = createAlertSettings();
  const engine = await createEngine({
    dataFolder: options.config.data,
    log: options.log,
    limits: jobLimitsOf(options.config),
    timeZone: options.config.time_zone,
    retention: retentionPolicyOf(options.config),
    logFiles: logFilesSettingsOf(options.config),
    alerts: options.alerts ?? alertSettings(options.config),
    ...databaseOf(options.config),
    ...partsOfSeat(options.seat),
    ...(await queueOf(options.config, options.log)),
  });
  let supabase: EngineSupabase | null = null;
  try {
    supabase = await mirrorToSupabase(engine, options.config);
    return await startNetwork(engine, options, alertSettings, supabase);
  } catch (error) {
    await supabase?.close();
    await engine.close();
    throw error;
  }
}

async function startNetwork(
  engine: Engine,
  options: ServerOptions,
  alertSettings: ReturnType<typeof createAlertSettings>,
  supabase: EngineSupabase | null,
) {
  const { config, loaded = configWithoutFile(config), dashboardFolder, version, seat } = options;
  const { store, media, health, log } = engine;
  const keysFailed = (error: unknown) => log("warning", "a matter of keys failed", { error: textOf(error) });
  const auth = await createAuth({
    dataFolder: config.data,
    adminKey: config.admin_key,
    secret: config.secret,
    tenantId: DEFAULT_TENANT,
    store,
    nowMs: Date.now,
    onError: keysFailed,
    ...(seat !== undefined && { onChanged: tellOfCredentials(seat, store, keysFailed) }),
  });
  let isReady = false;
  const whyNotReady = () => (isReady ? engine.writing.whyNot() : "it starts, or ends");

  const requestLimit = createRequestLimit({ ...requestLimitsOf(config), nowMs: Date.now });
  const audit = createAudit({ store, nowMs: Date.now });
  const callbackParts = openCallbacks(engine, config, log);
  const figures = { viewers: () => (seat?.viewers ?? gateway.load)(), otlp: () => otel.exportStatus() };
  const metrics = openMetrics(engine, version, figures, supabase);
  const http = await createHttp({
    version,
    isBehindNodes: seat !== undefined,
    authenticate: auth.ofRequest,
    mayDo,
    admit: requestLimit.admit,
    onError: (error, request) => log("error", "a request failed", { ...request, error: textOf(error) }),
    onAnswered(answered) {
      const { method, route, status, durationMs } = answered;
      engine.telemetry.measure("api", `${method} ${route}`, durationMs, status >= 500);
      metrics.noteRequest(answered);
    },
  });
  const files = openFiles(engine, config);
  addApi(http, engine, auth, callbackParts, {
    kinds: createJobKinds(options.jobKinds ?? []),
    files,
    timeZone: config.time_zone,
  });
  addObservations(http, engine);
  let { public_url: publicUrl } = config;
  // Jobs of the server's own worker are their tenants'; all other files here are the default tenant's.
  async function mediaFile(tenantId: string, rootId: string, path: string) {
    const file = await media.fileOf(rootId, path);
    if (file === null) return null;
    return ((await files.workFolders.mayShow(tenantId, file)) ?? tenantId === DEFAULT_TENANT) ? file : null;
  }
  addAdministration(http, engine, { auth, log: audit, uploads: files.uploads });
  addSharing(http, engine, { auth, log: audit, publicUrl: () => publicUrl ?? null, mediaFile });
  addAlerts(http, { alerts: engine.alerts, engine, auth, log: audit });
  addMonitoringRoutes(http, {
    countJobs: store.countJobs,
    itemsPerMinute: engine.itemsPerMinute,
    nowMs: Date.now,
    server: { version, started_at: new Date().toISOString(), epoch: store.epoch },
  });
  const runsServer = ({ tenantId }: { readonly tenantId: string }) => tenantId === DEFAULT_TENANT;
  addHealthRoutes(http, engine.readings.health, { version, whyNotReady, runsServer });
  addMetricsRoute(http, { ...metrics, runsServer });
  const otel = openOtel(http, engine, config, version);
  addApiPageRoutes(http);
  await addPageRoutes(http, { dashboardFolder, mediaFile });
  const gateway = openGateway(engine, auth, config, log);
  addStreamRoutes(http, gateway);
  addAlertStreamRoute(http, gateway.openAlertStream);
  gateway.attach(http.server);
  const setPublicUrl = (url: string | undefined) => {
    publicUrl = url;
  };
  const configured = { engine, alertSettings, requestLimit, gateway, files, otel, setPublicUrl };
  health.setSettings(healthSettingsOf(config));
  const { storage_folder: storageFolder } = config.health;
  if (storageFolder !== undefined) health.register(objectStorageCheck(folderStorage(storageFolder)));
  const liveConfig = openLiveConfig({ loaded, configured, audit, log });
  addConfigRoutes(http, liveConfig.routes);

  const stopServing = seat === undefined ? null : await serveAtSeat(http, seat);
  const url = seat === undefined ? await listen(http, gateway, config) : seat.url;
  await otel.start();
  isReady = true;
  health.onReport(({ checks }) => {
    for (const { component, status } of checks) {
      engine.alerts.noteHealth(component, status);
      metrics.noteHealth(component, status);
    }
  });
  health.start().catch((error) => log("error", "the checks of health do not run", { error: textOf(error) }));
  engine.attempts
    .catchUp()
    .catch((error) => log("error", "what is to be tried again could not be taken up", { error: textOf(error) }));
  const { callbacks } = callbackParts;
  callbacks.catchUp().catch((error) => log("error", "callbacks could not be taken up", { error: textOf(error) }));

  let closing: Promise<void> | null = null;
  async function closeAll(): Promise<void> {
    isReady = false;
    liveConfig.close();
    // First the intake, so that senders and viewers still hear what became of the last of it.
    await engine.stopIntake();
    await gateway.close();
    await Promise.all([stopServing?.(LAST_ANSWERS_MS), closeHttp(http), callbacks.close()]);
    metrics.close();
    await otel.close();
    await supabase?.close();
    await engine.close();
  }

  return {
    url,
    signInUrl: `${url}/?key=${encodeURIComponent(auth.accessKey)}`,
    accessKey: auth.accessKey,
    local: engine.local,
    localOf: engine.localOf,
    uploadedFile: files.uploads.use,
    onDemand: engine.onDemand,
    health,
    media,
    alerts: engine.alerts,
    load: gateway.load,
    metricsText: metrics.text,
    activeJobs: () => engine.activeJobs(),
    lost: engine.writing.lost,
    close(): Promise<void> {
      closing ??= closeAll();
      return closing;
    },
  };
}

/**
 * Opens the public address.
 *
 * @returns where it listens
 * @throws PlayheadError `port_in_use`; then both are closed
 */
export async function listen(http: Api, gateway: Pick<Gateway, "close">, { host, port }: Config): Promise<string> {
  try {
    await http.listen({ host, port });
    const { port: taken } = http.server.address() as AddressInfo;
    return `http://${host.includes(":") ? `[${host}]` : host}:${taken}`;
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
