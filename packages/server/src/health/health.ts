import {
  type HealthCheck as CheckOf,
  createHealthRunner,
  type HealthChange,
  type HealthHistory,
  type HealthReport,
  healthReport,
  type SetTimer,
  type TimeRange,
} from "@playhead/core";
import { createHealthHistory, type HealthHistoryDeps } from "./health-history.ts";
import { DEFAULT_HEALTH, type HealthSettings } from "./health-settings.ts";

/** Looks at one part of the system. */
export type HealthCheck = CheckOf<AbortSignal>;

export interface HealthDeps {
  readonly nowMs: () => number;
  readonly setTimer: SetTimer;
  /** Where the history is kept. */
  readonly store: HealthHistoryDeps["store"];
  /** Whose the history is. */
  readonly tenantId: string;
  /** Told of each component that is no longer as it was. */
  readonly onChange: (change: HealthChange) => void;
  /** Told of what nobody foresaw. */
  readonly onError: (error: unknown) => void;
}

/** How the server is (SPEC §10): the checks, their report, and what became of it. */
export interface Health {
  /** Adds a check, in place of the one of the same component; the next report has it. @returns takes it out again */
  register(check: HealthCheck): () => void;
  /** The report, at most as old as the settings allow. */
  report(): Promise<HealthReport>;
  history(range: TimeRange): HealthHistory;
  /** Calls the listener, which must not throw, with each new report from the start on. @returns ends that */
  onReport(listener: (report: HealthReport) => void): () => void;
  settings(): HealthSettings;
  /** What is named changes, at once. */
  setSettings(changed: Partial<HealthSettings>): void;
  /** Takes up the history, and from then on runs the checks now and then, so that changes are seen though nobody asks. */
  start(): Promise<void>;
  /** Runs nothing more by itself, and lets the history be kept. */
  close(): Promise<void>;
}

/** What the server was started for comes first: one of the checks encodes. Who asks meanwhile is answered at once. */
const FIRST_RUN_MS = 10_000;

/** Runs all checks side by side, each with its limit, when somebody asks and every few minutes. */
export function createHealth({ nowMs, setTimer, store, tenantId, onChange, onError }: HealthDeps): Health {
  const runner = createHealthRunner<AbortSignal>({ nowMs, setTimer, newAbort: () => new AbortController() });
  const history = createHealthHistory({ store, tenantId, onError });
  const checks = new Map<string, HealthCheck>();
  const listeners = new Set<(report: HealthReport) => void>();
  let settings = DEFAULT_HEALTH;
  let latest: { readonly atMs: number; readonly report: Promise<HealthReport> } | null = null;
  let stopTimer = () => {};
  let stage: "new" | "started" | "closed" = "new";

  async function runAll(): Promise<HealthReport> {
    const startedMs = nowMs();
    const results = await runner.run([...checks.values()], settings.limitMs);
    const ran = healthReport(results, startedMs, nowMs());
    return stage === "started" ? tell(ran) : ran;
  }

  function tell(ran: HealthReport): HealthReport {
    const { report, changes } = history.note(ran);
    // What nobody knew before is worth a word only when it is not well.
    for (const change of changes) if (change.from !== null || change.to !== "healthy") onChange(change);
    for (const listener of listeners) listener(report);
    return report;
  }

  function runNow(): Promise<HealthReport> {
    const report = runAll();
    latest = { atMs: nowMs(), report };
    return report;
  }

  function runIn(delayMs: number): void {
    stopTimer();
    if (stage !== "started") return;
    const run = () => {
      runIn(settings.intervalMs);
      runNow().catch(onError);
    };
    stopTimer = setTimer(run, delayMs, false);
  }

  return {
    register(check) {
      checks.set(check.component, check);
      latest = null;
      return () => {
        if (checks.get(check.component) === check) checks.delete(check.component);
        latest = null;
      };
    },
    report() {
      return latest === null || nowMs() - latest.atMs > settings.cacheMs ? runNow() : latest.report;
    },
    history: history.read,
    onReport(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    settings: () => settings,
    setSettings(changed) {
      const { intervalMs } = settings;
      settings = { ...settings, ...changed };
      latest = null;
      if (settings.intervalMs !== intervalMs) runIn(settings.intervalMs);
    },
    async start() {
      if (stage !== "new") return;
      await history.load().catch(onError);
      if (stage !== "new") return;
      stage = "started";
      latest = null;
      runIn(FIRST_RUN_MS);
    },
    async close() {
      stage = "closed";
      stopTimer();
      await history.settled();
    },
  };
}
