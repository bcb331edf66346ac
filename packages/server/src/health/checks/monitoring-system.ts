import { critical, type Finding, resultOf, warning } from "../findings.ts";
import type { HealthCheck } from "../health.ts";

/** How the alerts engine does. */
export interface AlertEngineStatus {
  /** ISO 8601; null before its first run. */
  readonly lastRunAt: string | null;
  /** How far it is behind what was stored. */
  readonly lagMs: number;
  readonly pendingDeliveries: number;
  /** Those that were given up. */
  readonly deadDeliveries: number;
}

/** What the monitoring is asked about itself. */
export interface MonitoringSystemDeps {
  /** Each answers, or rejects. */
  readonly stores: Readonly<Record<string, () => Promise<unknown>>>;
  /** Whether a store refuses to write at the moment. */
  readonly isStuck: () => boolean;
  /** Records that are not stored yet. */
  readonly pending: () => number;
  /** By how much the event loop was late since the time before; null when nobody has looked. */
  readonly loopDelayMs: () => number | null;
  /** Null where there is no alerts engine. */
  readonly alerts: () => AlertEngineStatus | null;
  readonly nowMs: () => number;
}

/** More than this waits only when the store cannot keep up. */
const MANY_PENDING = 25_000;
const LATE_MS = 250;
const TOO_LATE_MS = 2_000;
/** The alerts engine runs every second. */
const DEAD_AFTER_MS = 60_000;
const LAG_MS = 30_000;

/** Playhead looks at itself: what is reported is stored, the process keeps up, and alerts are looked for. */
export function monitoringSystemCheck(deps: MonitoringSystemDeps): HealthCheck {
  const { stores, isStuck, pending, loopDelayMs, alerts, nowMs } = deps;
  const startedMs = nowMs();

  async function ask([name, answers]: readonly [string, () => Promise<unknown>]) {
    try {
      await answers();
      return { finding: null, errors: [] };
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      return { finding: critical(`the store of ${name} does not answer`), errors: [`${name}: ${said}`] };
    }
  }

  return {
    component: "monitoring_system",
    async run() {
      const asked = await Promise.all(Object.entries(stores).map(ask));
      const [waiting, delayMs, engine] = [pending(), loopDelayMs(), alerts()];
      const findings = [
        ...asked.map(({ finding }) => finding),
        judgeIntake(isStuck(), waiting),
        judgeLoop(delayMs),
        engine === null ? null : judgeAlerts(engine, nowMs(), startedMs),
        engine === null || engine.deadDeliveries === 0
          ? null
          : warning(`${engine.deadDeliveries} notifications could not be delivered; see the deliveries of alerts`),
      ];
      const errors = asked.flatMap((each) => each.errors);
      const well = engine === null ? "what is reported is stored" : "what is reported is stored, alerts are looked for";
      return resultOf(findings, well, {
        pending_records: waiting,
        event_loop_delay_ms: delayMs === null ? null : Math.round(delayMs),
        alerts_last_run_at: engine?.lastRunAt ?? null,
        alerts_lag_ms: engine?.lagMs ?? null,
        pending_deliveries: engine?.pendingDeliveries ?? null,
        dead_deliveries: engine?.deadDeliveries ?? null,
        ...(errors.length > 0 && { errors }),
      });
    },
  };
}

function judgeIntake(isStuck: boolean, pending: number): Finding | null {
  if (isStuck) return critical("the store refuses to write; what is reported waits");
  return pending > MANY_PENDING ? warning("the store can hardly keep up with what is reported") : null;
}

function judgeLoop(delayMs: number | null): Finding | null {
  if (delayMs === null || delayMs < LATE_MS) return null;
  const message = `the server is late by ${Math.round(delayMs)} ms: its process has too much to do`;
  return delayMs >= TOO_LATE_MS ? critical(message) : warning(message);
}

/** An engine that never ran is dead when it had time enough to begin. */
function judgeAlerts({ lastRunAt, lagMs }: AlertEngineStatus, nowMs: number, startedMs: number): Finding | null {
  const silentMs = nowMs - (lastRunAt === null ? startedMs : Date.parse(lastRunAt));
  if (silentMs > DEAD_AFTER_MS) {
    return critical(`alerts have not been looked for since ${Math.round(silentMs / 1_000)} s; restart the server`);
  }
  return lagMs > LAG_MS ? warning(`alerts are behind by ${Math.round(lagMs / 1_000)} s`) : null;
}
