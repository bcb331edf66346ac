import {
  HEALTH_STATUSES,
  type HealthChange,
  type HealthHistory,
  type HealthReport,
  type HealthStatus,
  type TimeRange,
  worstHealth,
} from "@playhead/core";
import * as z from "zod";
import { createRing, type RingOptions } from "./ring.ts";

export type HealthHistoryDeps = Pick<RingOptions<object>, "store" | "tenantId" | "onError">;

/** A week of runs, one in five minutes. */
const MAX_RUNS = 2_016;
const MAX_CHANGES = 1_000;
/** Of runs in which nothing changed, one in so long is kept. */
const RUN_SPACING_MS = 240_000;
/** More than this nobody can tell apart in a strip. */
const MAX_SHOWN = 300;

const status = z.enum(HEALTH_STATUSES);
const standing = z.object({ status, since: z.string() });
const run = z.object({
  timestamp: z.string(),
  overall_status: status,
  /** How each component was, and since when: of the last run that is where the next one goes on. */
  components: z.record(z.string(), standing),
});
const change = z.object({
  timestamp: z.string(),
  component: z.string(),
  from: status.nullable(),
  to: status,
  message: z.string(),
});

/** What became of the components: bounded, and kept in the store. */
export function createHealthHistory({ store, tenantId, onError }: HealthHistoryDeps) {
  const runs = createRing({ store, tenantId, onError, collection: "health_runs", entry: run, size: MAX_RUNS });
  const changes = createRing({
    store,
    tenantId,
    onError,
    collection: "health_changes",
    entry: change,
    size: MAX_CHANGES,
  });
  let standings: Readonly<Record<string, z.output<typeof standing>>> = {};

  return {
    /** Reads what an earlier process kept. */
    async load(): Promise<void> {
      await Promise.all([runs.load(), changes.load()]);
      standings = runs.entries().at(-1)?.components ?? {};
    },
    /** Takes a report down. @returns the same with the times since when, and what is no longer as it was */
    note(report: HealthReport): { readonly report: HealthReport; readonly changes: readonly HealthChange[] } {
      const { timestamp, overall_status, checks } = report;
      const before = standings;
      const changed = checks
        .filter(({ component, status: to }) => before[component]?.status !== to)
        .map(({ component, status: to, message }) => ({
          timestamp,
          component,
          from: before[component]?.status ?? null,
          to,
          message,
        }));
      const sinceOf = (component: string, now: HealthStatus) => {
        const known = before[component];
        return known?.status === now ? known.since : timestamp;
      };
      const timed = checks.map((each) => ({ ...each, since: sinceOf(each.component, each.status) }));
      standings = Object.fromEntries(
        timed.map(({ component, status: now, since }) => [component, { status: now, since }]),
      );
      for (const each of changed) changes.add(each);
      const last = runs.entries().at(-1);
      const isDue = last === undefined || Date.parse(timestamp) - Date.parse(last.timestamp) >= RUN_SPACING_MS;
      if (isDue || changed.length > 0) runs.add({ timestamp, overall_status, components: standings });
      return { report: { ...report, checks: timed }, changes: changed };
    },
    read({ fromMs, toMs }: TimeRange): HealthHistory {
      const isIn = ({ timestamp }: { readonly timestamp: string }) => {
        const ms = Date.parse(timestamp);
        return ms >= fromMs && ms < toMs;
      };
      return {
        from: new Date(fromMs).toISOString(),
        to: new Date(toMs).toISOString(),
        runs: thinned(runs.entries().filter(isIn)).map(({ timestamp, overall_status, components }) => ({
          timestamp,
          overall_status,
          statuses: Object.fromEntries(Object.entries(components).map(([name, each]) => [name, each.status])),
        })),
        changes: changes.entries().filter(isIn).reverse(),
      };
    },
    /** Resolves when what was taken down is kept. */
    settled: async (): Promise<void> => {
      await Promise.all([runs.settled(), changes.settled()]);
    },
  };
}

/** Of every so many runs the worst, so that nothing bad is hidden; of runs that are alike the newest. */
function thinned<Run extends { readonly overall_status: HealthStatus }>(found: readonly Run[]): readonly Run[] {
  const every = Math.ceil(found.length / MAX_SHOWN);
  const worst: Run[] = [];
  for (let end = found.length; end > 0; end -= every) {
    const group = found.slice(Math.max(0, end - every), end);
    const status = worstHealth(group.map((run) => run.overall_status));
    worst.push(...group.filter((run) => run.overall_status === status).slice(-1));
  }
  return worst.reverse();
}
