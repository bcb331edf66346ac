import type { ExecutionCategory } from "@playhead/core";
import type { TelemetryStore } from "../store/telemetry-store.ts";
import type { SeriesAnswer, SeriesQuestion } from "./analyze-series.ts";
import type { JobMeasures } from "./job-measures.ts";
import { kindSeries } from "./kind-series.ts";
import { lastStep } from "./last-step.ts";

/** What alert rules may measure. */
export interface TrendGauge {
  readonly tenantId: string;
  readonly name: "kind_regression" | "function_regression" | "anomaly_score";
  readonly labels: { readonly kind?: string; readonly function_name?: string };
  readonly value: number;
}

export interface TrendWatchDeps {
  readonly store: Pick<TelemetryStore, "readMedians">;
  readonly measures: Pick<JobMeasures, "read">;
  readonly analyze: (question: SeriesQuestion) => Promise<SeriesAnswer>;
  /** IANA zone of hours. */
  readonly timeZone: string;
  readonly nowMs: () => number;
}

interface Called {
  readonly tenantId: string;
  readonly category: ExecutionCategory;
  readonly name: string;
  /** The hour of the call. */
  readonly hourMs: number;
}

const HOUR_MS = 3_600_000;
const SEASON_MS = 21 * 24 * HOUR_MS;
/** Of a function, the newest so many hours with calls. */
const MAX_HOURS = 504;
/** What waits to be looked at; more than that is looked at when it is heard of again. */
const MAX_NOTED = 1_000;
/** So much is looked at in one go. */
const AT_ONCE = 20;

/** Looks at what has something new: kinds of which a job has completed, functions of which an hour with calls is over. */
export function createTrendWatch({ store, measures, analyze, timeZone, nowMs }: TrendWatchDeps) {
  const kinds = new Map<string, { readonly tenantId: string; readonly kind: string }>();
  const called = new Map<string, Called>();

  async function lookAtKind(tenantId: string, kind: string): Promise<readonly TrendGauge[]> {
    const { points } = kindSeries(await measures.read(tenantId, kind));
    const value = lastStep(points.map((point) => point.value));
    return [{ tenantId, name: "kind_regression", labels: { kind }, value }];
  }

  async function lookAtFunction({ tenantId, category, name }: Called, hourMs: number): Promise<readonly TrendGauge[]> {
    const range = { fromMs: Math.max(0, hourMs - SEASON_MS), toMs: hourMs };
    const query = { tenantId, category, name, span: "hour", range, limit: MAX_HOURS } as const;
    const [medians] = await store.readMedians(query);
    const points = (medians?.points ?? []).flatMap(({ startMs: atMs, medianMs: value }) =>
      value > 0 ? [{ atMs, value }] : [],
    );
    const labels = { function_name: name };
    const value = lastStep(points.map((point) => point.value));
    // Only what is strange is looked for: no changes and no drift before the end of time.
    const { lastScore } = await analyze({ points, fromMs: hourMs, timeZone });
    return [
      { tenantId, name: "function_regression", labels, value },
      ...(lastScore === null ? [] : [{ tenantId, name: "anomaly_score" as const, labels, value: lastScore }]),
    ];
  }

  return {
    /** A job of a kind has completed. */
    noteJob(tenantId: string, kind: string): void {
      if (kinds.size < MAX_NOTED) kinds.set(`${tenantId}\0${kind}`, { tenantId, kind });
    },
    /** A function was called. */
    noteCall(tenantId: string, category: ExecutionCategory, name: string): void {
      const key = `${tenantId}\0${category}\0${name}`;
      if (called.has(key) || called.size >= MAX_NOTED) return;
      called.set(key, { tenantId, category, name, hourMs: startOfHour(nowMs()) });
    },
    /** @returns what was found of what is due: a bounded part of it */
    async look(): Promise<readonly TrendGauge[]> {
      const hourMs = startOfHour(nowMs());
      const dueKinds = [...kinds].slice(0, AT_ONCE);
      const dueCalls = [...called].filter(([, each]) => each.hourMs < hourMs).slice(0, AT_ONCE);
      for (const [key] of dueKinds) kinds.delete(key);
      for (const [key] of dueCalls) called.delete(key);
      const found: TrendGauge[] = [];
      for (const [, { tenantId, kind }] of dueKinds) found.push(...(await lookAtKind(tenantId, kind)));
      for (const [, each] of dueCalls) found.push(...(await lookAtFunction(each, hourMs)));
      return found;
    },
  };
}

/** Zones that are off by a part of an hour have their hours end later: then the last one is not told yet. */
const startOfHour = (atMs: number) => Math.floor(atMs / HOUR_MS) * HOUR_MS;
