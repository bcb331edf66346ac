import { randomUUID } from "node:crypto";
import type { AlertRule } from "@playhead/core";
import type { Alerts } from "./alerts/alerts.ts";
import type { Channel } from "./alerts/channels/channel.ts";
import { createAlerts } from "./alerts/create-alerts.ts";
import { createDispatcher } from "./alerts/dispatch/dispatcher.ts";
import { backtest } from "./alerts/evaluate/backtest.ts";
import { createEvaluator } from "./alerts/evaluate/evaluator.ts";
import { heardOfEntry, heardOfFact, heardOfSample, heardOfTotals, type KnownJob } from "./alerts/hear.ts";
import type { HeardGauge } from "./alerts/heard.ts";
import { createLife } from "./alerts/life/life.ts";
import { createRuleBook } from "./alerts/rule-book.ts";
import type { AlertThresholds } from "./alerts/rules/built-in-rules.ts";
import { FUNCTIONS, MEASUREMENTS } from "./alerts/rules/measurements.ts";
import { createRunner } from "./alerts/runner.ts";
import { createSilenceBook } from "./alerts/silence-book.ts";
import { storedHeard } from "./alerts/stored-heard.ts";
import type { Bus } from "./bus/bus.ts";
import { Listeners } from "./bus/listeners.ts";
import { createAlertGauges } from "./engine-alert-gauges.ts";
import { createLoop } from "./engine-loop.ts";
import type { EngineTelemetry } from "./engine-telemetry.ts";
import { textOf } from "./error-text.ts";
import type { LiveJobs } from "./ingest/live-jobs.ts";
import type { ServerLog } from "./server-log.ts";
import type { AlertStore, DeliveryCounts } from "./store/alert-store.ts";
import type { Store } from "./store/store.ts";
import type { TelemetryStore } from "./store/telemetry-store.ts";
import { DEFAULT_TENANT } from "./tenants.ts";

export interface EngineAlertsDeps {
  readonly dataFolder: string;
  readonly store: Store & AlertStore;
  readonly telemetryStore: TelemetryStore;
  readonly bus: Bus;
  readonly telemetry: Pick<EngineTelemetry, "onStored">;
  readonly jobs: () => Pick<LiveJobs, "peek" | "open">;
  readonly log: ServerLog;
  readonly nowMs: () => number;
  /** Until others are set. */
  readonly settings: AlertSettings;
}

/** What the configuration says of alerts. */
export interface AlertSettings {
  readonly thresholds: AlertThresholds;
  /** By name; another object under a name is another channel. */
  readonly channels: ReadonlyMap<string, Channel>;
  /** Where people see the server; null where nobody said. */
  readonly publicUrl: string | null;
}

/** SPEC §9. */
export const DEFAULT_THRESHOLDS: AlertThresholds = {
  error_rate: 0.1,
  processing_seconds: 300,
  cpu_percent: 80,
  memory_percent: 80,
  memory_critical_percent: 95,
  disk_percent: 90,
  slow_ratio: 1.5,
};

/** Nobody is told. */
export const DEFAULT_ALERTS: AlertSettings = { thresholds: DEFAULT_THRESHOLDS, channels: new Map(), publicUrl: null };

const GAUGES_EVERY_MS = 15_000;
/** While some wait; while none does, and none was added, there is not much to be told. */
const COUNTS_EVERY_MS = 1_000;
const COUNTS_AT_REST_EVERY_MS = 10_000;
/** Commits are told of; that one is missed is looked out for all the same. */
const LOG_EVERY_MS = 10_000;
const DAY_MS = 24 * 3_600_000;
const HEALTH = { healthy: 0, warning: 1, critical: 2 } as const;

/** Rules, evaluator, life, store and dispatcher of alerts, put together; from `start` on they run by themselves. */
export function assembleAlerts(deps: EngineAlertsDeps) {
  const { dataFolder, store, telemetryStore, bus, telemetry, jobs, log, nowMs } = deps;
  let { settings } = deps;
  let counts: Pick<DeliveryCounts, "pending" | "dead"> = { pending: 0, dead: 0 };
  let countedMs = 0;
  let isLogMoved = true;
  let logReadMs = 0;
  let gaugeTimer: NodeJS.Timeout | undefined;
  const ends: (() => void)[] = [];
  const changed = new Listeners<ReadonlySet<string>>();
  const fail = (what: string) => (error: unknown) => log("error", what, { error: textOf(error) });

  const channelNames = () => [...settings.channels.keys()];
  const rules = createRuleBook({ store, ownTenantId: DEFAULT_TENANT, nowMs, channelNames });
  const silences = createSilenceBook({ store, nowMs });
  const evaluator = createEvaluator();
  const life = createLife({
    channels: () => [...settings.channels].map(([channel, { type }]) => ({ channel, type })),
    publicUrl: () => settings.publicUrl,
  });
  const dispatcher = createDispatcher({
    store,
    channels: () => settings.channels,
    nowMs,
    random: Math.random,
    newId: randomUUID,
    onError: fail("notifications could not be sent"),
  });
  const runner = createRunner({
    store,
    evaluator,
    life,
    nowMs,
    heardOf: (fact) => heardOfFact(fact, jobOf(fact.event.job_id)),
    onTenant(tenantId) {
      if (rules.addTenant(tenantId)) applyRules(nowMs());
    },
    onStored: deliver,
    onAlerts: (tenantIds) => changed.tell(tenantIds, fail("who follows alerts could not be told")),
    onSkipped: (message, count) => log("warning", message, { count }),
    onError: fail("something could not be taken into account for alerts"),
  });
  const loop = createLoop({ step, nowMs, onError: fail("alerts could not be looked for; trying again") });
  const readGauges = createAlertGauges({
    dataFolder,
    openJobs: () => Iterator.from(jobs().open()).map(({ draft }) => draft),
    droppedRecords: runner.dropped,
    nowMs,
  });

  function jobOf(jobId: string | null): KnownJob | null {
    return jobId === null ? null : (jobs().peek(jobId)?.draft ?? null);
  }

  async function step(): Promise<boolean> {
    const mayHaveFacts = isLogMoved || Math.abs(nowMs() - logReadMs) >= LOG_EVERY_MS;
    isLogMoved = false;
    const hasMore = await runner.step(mayHaveFacts).catch((error: unknown) => {
      isLogMoved ||= mayHaveFacts;
      throw error;
    });
    if (mayHaveFacts) logReadMs = nowMs();
    if (nowMs() - countedMs >= (counts.pending > 0 ? COUNTS_EVERY_MS : COUNTS_AT_REST_EVERY_MS)) {
      countedMs = nowMs();
      if (!hasMore) counts = await store.countDeliveries();
    }
    return hasMore;
  }

  async function redeliver(tenantId: string, deliveryId: string) {
    const delivery = await dispatcher.redeliver(tenantId, deliveryId);
    countedMs = 0;
    return delivery;
  }

  /** There are deliveries to be sent, and to be counted. */
  function deliver(): void {
    countedMs = 0;
    dispatcher.wake();
  }

  function applyRules(atMs: number): void {
    const all = rules.all();
    life.setRules(all, atMs);
    evaluator.setRules(all);
  }

  /** Does something to the life of alerts; resolves when it is stored. */
  function change<Result>(work: (nowMs: number) => Result): Promise<Result> {
    return loop.inTurn(async () => {
      const result = work(nowMs());
      await runner.commit();
      return result;
    });
  }

  function gauge(): void {
    readGauges().then(runner.hear, fail("the machine could not be looked at"));
  }

  function listen(): void {
    ends.push(
      bus.subscribeAll((publications) => {
        if (!publications.some(({ content, tick }) => tick === undefined && "seq" in content)) return;
        isLogMoved = true;
        loop.wake();
      }),
      telemetry.onStored((entries, { totals, samples }) => {
        const calls = entries.flatMap(({ entry }) => heardOfEntry(entry, jobOf(entry.job_id)) ?? []);
        const heard = [...calls, ...totals.map(heardOfTotals), ...samples.flatMap(heardOfSample)];
        if (heard.length === 0) return;
        runner.hear(heard);
        loop.wake();
      }),
    );
    gaugeTimer = setInterval(gauge, GAUGES_EVERY_MS);
    gaugeTimer.unref();
  }

  async function runBacktest(tenantId: string, rule: AlertRule, days: number) {
    const toMs = nowMs();
    const fromMs = toMs - days * DAY_MS;
    // The normal that durations are compared with is of the day before.
    const leadMs = rule.time_window * 60_000 + (rule.condition.includes("baseline") ? DAY_MS : 0);
    const heard = storedHeard({ store, telemetry: telemetryStore }, { tenantId, fromMs: fromMs - leadMs, toMs });
    return backtest({ tenantId, rule, fromMs, toMs, heard });
  }

  const alerts: Alerts = createAlerts({
    store,
    rules,
    silences,
    life,
    dispatcher: { ...dispatcher, redeliver },
    measurements: measurements(),
    change,
    applyRules,
    channelNames,
    backtest: runBacktest,
    lastRunMs: loop.lastRunMs,
    lagMs: runner.lagMs,
    deliveryCounts: () => counts,
  });

  return {
    ...alerts,
    /** The types of the channels, by their names. */
    channelTypes: (): ReadonlyMap<string, string> =>
      new Map([...settings.channels].map(([name, { type }]) => [name, type])),
    publicUrl: () => settings.publicUrl,
    /** Has deliveries sent that others put into the store. */
    wake: deliver,
    /** Takes other settings at once; what was sent already stays. */
    async setSettings(next: AlertSettings): Promise<void> {
      settings = next;
      rules.setThresholds(next.thresholds);
      dispatcher.wake();
      await change(applyRules);
    },
    /** Calls the listener with the tenants whose alerts are not any more as they were. @returns ends it */
    onChanged(listener: (tenantIds: ReadonlySet<string>) => void): () => void {
      const end = changed.add(listener);
      return () => void end();
    },
    /** What it could not take into account any more, since the server started. */
    droppedRecords: runner.dropped,
    /** Hears how a component was found. */
    noteHealth(component: string, status: keyof typeof HEALTH): void {
      const value = HEALTH[status];
      const gauge = { kind: "gauge", tenantId: DEFAULT_TENANT, atMs: nowMs(), name: "health_status", value } as const;
      runner.hear([{ ...gauge, labels: { component } }]);
      loop.wake();
    },
    /** Hears what became slower. */
    noteTrends(gauges: readonly Omit<HeardGauge, "kind" | "atMs">[]): void {
      const atMs = nowMs();
      runner.hear(gauges.map((gauge) => ({ kind: "gauge", atMs, ...gauge })));
      loop.wake();
    },
    /** Goes on from what is stored, and runs from then on. */
    async start(): Promise<void> {
      rules.setThresholds(settings.thresholds);
      await rules.load();
      await silences.load();
      for (const tenantId of silences.tenants()) life.setSilences(tenantId, silences.list(tenantId));
      applyRules(nowMs());
      await runner.start();
      listen();
      loop.start();
      gauge();
      dispatcher.wake();
    },
    /** Takes into account what has been stored so far, stores what came of it, and ends. */
    async close(): Promise<void> {
      clearInterval(gaugeTimer);
      for (const end of ends) end();
      await loop.close();
      await runner.finish().catch(fail("alerts could not be stored at the end"));
      await dispatcher.close();
    },
  };
}

export type EngineAlerts = ReturnType<typeof assembleAlerts>;

function measurements() {
  const plain = Object.entries(MEASUREMENTS).map(([name, { unit, description }]) => ({ name, unit, description }));
  const functions = Object.entries(FUNCTIONS).map(([name, { description }]) => ({
    name: `${name}("…")`,
    unit: "count",
    description,
  }));
  return [...plain, ...functions];
}
