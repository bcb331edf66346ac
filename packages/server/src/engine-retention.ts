import type { Config } from "./config/config.ts";
import { textOf } from "./error-text.ts";
import type { LogFiles } from "./logs/files/log-files.ts";
import type { ReportShelf } from "./reports/report-shelf.ts";
import { createRetention, type Keeper, type Retention, type RetentionPolicy } from "./retention/retention.ts";
import type { AlertStore } from "./store/alert-store.ts";
import type { Store } from "./store/store.ts";
import type { TelemetryStore } from "./store/telemetry-store.ts";

const DAY_MS = 24 * 3_600_000;

/** SPEC §16. */
export const DEFAULT_RETENTION: RetentionPolicy = { detailsMs: 90 * DAY_MS, summariesMs: 365 * DAY_MS };

/** What a configuration says on how long things are kept. */
export function retentionPolicyOf(config: Config): RetentionPolicy {
  return { detailsMs: config.keep_details_days * DAY_MS, summariesMs: config.keep_summaries_days * DAY_MS };
}

export interface EngineRetentionDeps {
  readonly store: Pick<Store, "prune" | "maintain"> & Partial<Pick<AlertStore, "pruneAlerts">>;
  readonly telemetry?: Pick<TelemetryStore, "prune" | "maintain">;
  readonly logFiles?: Pick<LogFiles, "letGo">;
  readonly reports?: Pick<ReportShelf, "letGo">;
  readonly policy: RetentionPolicy;
  readonly isQuiet: () => boolean;
  readonly nowMs: () => number;
  readonly log: (level: "warning", message: string, fields: { readonly error: string }) => void;
}

/** Of one step: what a commit that comes meanwhile may wait for is some milliseconds. */
const ROWS_A_STEP = 500;

/** Retention over everything that the server keeps. */
export function openRetention(deps: EngineRetentionDeps): Retention {
  const { store, telemetry, logFiles, reports, policy, isQuiet, nowMs, log } = deps;
  const keepers: Keeper[] = [
    {
      name: "jobs",
      async step(limits) {
        const { hasMore, ...removed } = await store.prune({ ...limits, limit: ROWS_A_STEP });
        return { removed, hasMore };
      },
    },
  ];
  const { pruneAlerts } = store;
  if (pruneAlerts !== undefined) {
    keepers.push({
      name: "alerts",
      step: async ({ detailsBeforeMs }) => ({
        removed: {},
        hasMore: await pruneAlerts(detailsBeforeMs, ROWS_A_STEP),
      }),
    });
  }
  if (telemetry !== undefined) {
    keepers.push({
      name: "telemetry",
      async step(limits) {
        const { entries, runningCalls, samples, rollups, hasMore } = await telemetry.prune({
          ...limits,
          limit: ROWS_A_STEP,
        });
        return { removed: { log_entries: entries, running_calls: runningCalls, samples, rollups }, hasMore };
      },
    });
  }
  if (logFiles !== undefined) {
    keepers.push({
      name: "log files",
      step: async ({ detailsBeforeMs }) => ({
        removed: { log_files: await logFiles.letGo({ beforeMs: detailsBeforeMs, nowMs: nowMs() }) },
        hasMore: false,
      }),
    });
  }
  if (reports !== undefined) {
    keepers.push({
      name: "reports",
      async step({ summariesBeforeMs }) {
        const { removed, hasMore } = await reports.letGo(summariesBeforeMs, ROWS_A_STEP);
        return { removed: { reports: removed }, hasMore };
      },
    });
  }
  return createRetention({
    keepers,
    policy,
    maintain: async () => (await store.maintain()) || (await telemetry?.maintain()) === true,
    isQuiet,
    nowMs,
    onError: (error, keeper) => log("warning", `old ${keeper} could not be let go of`, { error: textOf(error) }),
  });
}
