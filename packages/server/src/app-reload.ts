import { openChannels } from "./app-channels.ts";
import type { ServerFiles } from "./app-files.ts";
import type { Audit } from "./audit/audit.ts";
import type { Config } from "./config/config.ts";
import { configJsonSchema } from "./config/config-schema.ts";
import { settingViews } from "./config/config-view.ts";
import { createConfigEdits, revisionOf } from "./config/edit-config.ts";
import type { LoadedConfig } from "./config/load-config.ts";
import { watchConfig } from "./config/watch-config.ts";
import type { Engine } from "./engine.ts";
import type { AlertSettings } from "./engine-alerts.ts";
import { jobLimitsOf } from "./engine-job-watch.ts";
import { logFilesSettingsOf } from "./engine-log-files.ts";
import { retentionPolicyOf } from "./engine-retention.ts";
import { textOf } from "./error-text.ts";
import type { Gateway } from "./gateway/gateway.ts";
import type { HealthSettings } from "./health/health-settings.ts";
import type { ConfigRoutesDeps } from "./http/config-routes.ts";
import type { RequestLimit } from "./http/request-limit.ts";
import { DEFAULT_TENANT } from "./tenants.ts";

/** A caller who was quiet may ask for so many seconds' worth at once. */
const BURST_SEC = 2;

/** What a configuration says of requests. */
export function requestLimitsOf({ requests_per_second: perSecond }: Config) {
  return { perSecond, burst: perSecond * BURST_SEC };
}

/** What it says of viewers. */
export function connectionLimitsOf(config: Config) {
  return { perTenant: config.connections_per_tenant, perAddress: config.connections_per_address };
}

/** What it says of health checks. */
export function healthSettingsOf({ health, thresholds }: Config): HealthSettings {
  return {
    intervalMs: health.interval_seconds * 1_000,
    cacheMs: health.cache_seconds * 1_000,
    limitMs: health.check_limit_ms,
    thresholds,
  };
}

/**
 * What configurations say of alerts, one after the other. While nothing of the channels changes they stay the ones they
 * are: how often one has failed, and when it may be called again, is known to it.
 *
 * @throws PlayheadError `config_invalid` when a channel cannot be made
 */
export function createAlertSettings(): (config: Config) => AlertSettings {
  let opened: { readonly settings: string; readonly channels: AlertSettings["channels"] } | null = null;
  return (config) => {
    const { host, callback_private, channel_addresses, channels, thresholds, public_url } = config;
    const settings = JSON.stringify({ host, callback_private, channel_addresses, channels });
    if (opened?.settings !== settings) opened = { settings, channels: openChannels(config, process.env) };
    return { thresholds, channels: opened.channels, publicUrl: public_url ?? null };
  };
}

/** Everyone who goes by settings that may change while the server runs. */
export interface Configured {
  readonly engine: Pick<Engine, "setLimits" | "setRetention" | "setLogFiles" | "setAlerts" | "health">;
  readonly alertSettings: (config: Config) => AlertSettings;
  readonly requestLimit: Pick<RequestLimit, "setLimits">;
  readonly gateway: Pick<Gateway, "setLimits">;
  readonly files: Pick<ServerFiles, "setConfig">;
  readonly otel: { readonly setConfig: (config: Config) => void };
  readonly setPublicUrl: (url: string | undefined) => void;
}

/**
 * Hands a configuration on to everyone who goes by it. Nobody restarts, and nothing under way is touched. Who cannot go by
 * it throws: then the version is refused, and the one before is handed on again.
 */
function applyConfig(configured: Configured, next: Config): void {
  const { engine, alertSettings, requestLimit, gateway, files, otel, setPublicUrl } = configured;
  engine.setLimits(jobLimitsOf(next));
  engine.setRetention(retentionPolicyOf(next));
  engine.setLogFiles(logFilesSettingsOf(next));
  engine.setAlerts(alertSettings(next));
  engine.health.setSettings(healthSettingsOf(next));
  requestLimit.setLimits(requestLimitsOf(next));
  gateway.setLimits(connectionLimitsOf(next));
  files.setConfig(next);
  otel.setConfig(next);
  setPublicUrl(next.public_url);
}

export interface LiveConfigDeps {
  readonly loaded: LoadedConfig;
  readonly configured: Configured;
  readonly audit: Audit;
  readonly log: Engine["log"];
}

/** Who is written down for a change that was made in the file itself. */
const THE_FILE = "file";

/** The configuration of a server that runs: its file is followed, and can be changed by admins. */
export function openLiveConfig({ loaded, configured, audit, log }: LiveConfigDeps) {
  const watch = watchConfig({
    initial: loaded,
    nowMs: Date.now,
    onChange: (next) => applyConfig(configured, next),
    onAccepted({ keys, waiting }) {
      log("info", "the configuration file was changed", { keys, waiting_for_restart: waiting });
      record({ credential_id: THE_FILE, address: "" }, keys).catch((error: unknown) =>
        log("error", "a change of the configuration could not be written down", { error: textOf(error) }),
      );
    },
    onRefused: ({ message }) =>
      log("warning", "the configuration file is refused: what it said before still holds", { error: message }),
  });
  const edits = createConfigEdits(watch);

  function record(who: { readonly credential_id: string; readonly address: string }, keys: readonly string[]) {
    return audit.record({ ...who, tenant_id: DEFAULT_TENANT, action: "config.changed", target: keys.join(", ") });
  }

  const routes: ConfigRoutesDeps = {
    jsonSchema: configJsonSchema(loaded.schema),
    mayConfigure: ({ tenantId }) => tenantId === DEFAULT_TENANT,
    read: () => ({
      file: watch.latest().file,
      revision: revisionOf(watch.text()),
      settings: settingViews(watch.latest(), watch.running()),
      waiting_for_restart: watch.waiting(),
      refused: watch.refusal(),
    }),
    async change({ caller, ip }, edit) {
      const keys = await edits.edit(edit);
      if (keys.length > 0) await record({ credential_id: caller.credentialId, address: ip }, keys);
    },
  };
  return { routes, close: watch.close };
}
