import { HEALTH_STATUSES, type HealthStatus, isFinalJobState, JOB_STATES, type Job, LIVENESS } from "@playhead/core";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Bus, Publication } from "../bus/bus.ts";
import { createKindNames } from "./kind-names.ts";
import { type AnsweredRequest, createProcessMetrics, type ProcessMetricsDeps } from "./process-metrics.ts";
import { addQueueMetrics, type QueueFigures } from "./queue-metrics.ts";
import { addSupabaseMetrics, type SupabaseFigures } from "./supabase-metrics.ts";

export interface MetricsDeps extends ProcessMetricsDeps {
  readonly bus: Pick<Bus, "subscribeAll">;
  /** Jobs that have not ended, of all tenants. */
  readonly openJobs: () => Iterable<Job>;
  /** A job as it stands; undefined for one that is not in memory any more. */
  readonly findJob: (jobId: string) => Job | undefined;
  readonly queue: QueueFigures;
  /** What rules could not take into account any more, since the server started. */
  readonly droppedRecords: () => number;
  /** How the export by OpenTelemetry stands; null where there is none. @defaultValue there is none */
  readonly otlp?: () => OtlpFigures | null;
  readonly alerts: () => {
    readonly firing: number;
    readonly lagMs: number;
    readonly pendingDeliveries: number;
    readonly deadDeliveries: number;
  };
  /** Null where nothing is mirrored. */
  readonly supabase: (() => SupabaseFigures) | null;
}

/** What was exported by OpenTelemetry since the start, by signal. */
export interface OtlpFigures {
  readonly sent: Readonly<Record<string, number>>;
  readonly dropped: Readonly<Record<string, number>>;
  readonly behindMs: number;
}

/** What Prometheus asks for: the whole server's figures. */
export interface Metrics {
  readonly contentType: string;
  /** In the text format of Prometheus. */
  text(): Promise<string>;
  noteRequest(request: AnsweredRequest): void;
  /** How a component was found. */
  noteHealth(component: string, status: HealthStatus): void;
  close(): void;
}

/** Jobs take from seconds to a night. */
const JOB_SECONDS = [1, 5, 15, 60, 300, 900, 3_600, 14_400, 43_200];
const ENDS: ReadonlySet<string> = new Set(["job.completed", "job.failed", "job.canceled"]);

export function createMetrics(deps: MetricsDeps): Metrics {
  const { bus, openJobs, findJob, droppedRecords, alerts, supabase } = deps;
  const { registry, contentType, text, noteRequest, close } = createProcessMetrics(deps);
  const registers = [registry];
  const kindOf = createKindNames();

  new Gauge({
    ...{ name: "playhead_open_jobs", help: "Jobs that have not ended, by state.", registers },
    labelNames: ["state"],
    collect() {
      const counts = tally(openJobs(), ({ state }) => state);
      for (const state of JOB_STATES) if (!isFinalJobState(state)) this.set({ state }, counts.get(state) ?? 0);
    },
  });
  new Gauge({
    ...{ name: "playhead_open_jobs_liveness", help: "Jobs that have not ended, by how they do.", registers },
    labelNames: ["liveness"],
    collect() {
      const counts = tally(openJobs(), ({ liveness }) => liveness);
      for (const liveness of LIVENESS) this.set({ liveness }, counts.get(liveness) ?? 0);
    },
  });
  const created = new Counter({
    ...{ name: "playhead_jobs_created_total", help: "Jobs that were announced, by kind.", registers },
    labelNames: ["kind"],
  });
  const ended = new Counter({
    ...{ name: "playhead_jobs_ended_total", help: "Jobs that ended, by kind and how.", registers },
    labelNames: ["kind", "state"],
  });
  const lasted = new Histogram({
    ...{
      name: "playhead_job_duration_seconds",
      help: "From a job's first work to its end, pauses included.",
      registers,
    },
    labelNames: ["kind", "state"],
    buckets: JOB_SECONDS,
  });
  const facts = new Counter({ name: "playhead_facts_total", help: "Facts of jobs that were stored.", registers });
  new Counter({
    ...{ name: "playhead_records_dropped_total", help: "Records that came too fast for the rules.", registers },
    collect() {
      this.reset();
      this.inc(droppedRecords());
    },
  });
  new Gauge({
    ...{ name: "playhead_alerts_firing", help: "Alerts that fire.", registers },
    collect() {
      this.set(alerts().firing);
    },
  });
  new Gauge({
    ...{ name: "playhead_alert_lag_seconds", help: "How far the rules are behind what was stored.", registers },
    collect() {
      this.set(alerts().lagMs / 1_000);
    },
  });
  new Gauge({
    ...{ name: "playhead_alert_deliveries", help: "Notifications that wait, and that were given up.", registers },
    labelNames: ["state"],
    collect() {
      const { pendingDeliveries, deadDeliveries } = alerts();
      this.set({ state: "pending" }, pendingDeliveries);
      this.set({ state: "dead" }, deadDeliveries);
    },
  });
  addOtlpExport(registers, deps.otlp);
  addQueueMetrics(registry, deps.queue, kindOf);
  if (supabase !== null) addSupabaseMetrics(registry, supabase);
  const health = new Gauge({
    ...{ name: "playhead_health_status", help: "Of a component: 0 healthy, 1 warning, 2 critical.", registers },
    labelNames: ["component"],
  });

  function noteJob(type: string, jobId: string): void {
    const job = findJob(jobId);
    if (job === undefined) return;
    const kind = kindOf(job.kind);
    if (type === "job.created") return created.inc({ kind });
    ended.inc({ kind, state: job.state });
    if (job.started_at === null || job.ended_at === null) return;
    const seconds = (Date.parse(job.ended_at) - Date.parse(job.started_at)) / 1_000;
    lasted.observe({ kind, state: job.state }, Math.max(0, seconds));
  }

  function note(publications: readonly Publication[]): void {
    let count = 0;
    for (const { jobId, content, tick } of publications) {
      if (!("type" in content) || tick !== undefined) continue;
      count += 1;
      if (content.type === "job.created" || ENDS.has(content.type)) noteJob(content.type, jobId);
    }
    if (count > 0) facts.inc(count);
  }

  const stop = bus.subscribeAll(note);
  return {
    ...{ contentType, text, noteRequest },
    noteHealth: (component, status) => health.set({ component }, HEALTH_STATUSES.indexOf(status)),
    close() {
      stop();
      close();
    },
  };
}

/** Of a server that exports: what it sent, what nobody will get any more, and how far it is behind. */
function addOtlpExport(registers: Registry[], figures: MetricsDeps["otlp"]): void {
  const items = {
    help: "Spans, log records and metrics by OpenTelemetry.",
    registers,
    labelNames: ["signal", "state"],
  };
  new Counter({
    ...{ ...items, name: "playhead_otlp_items_total" },
    collect() {
      this.reset();
      const { sent = {}, dropped = {} } = figures?.() ?? {};
      for (const [signal, count] of Object.entries(sent)) this.inc({ signal, state: "sent" }, count);
      for (const [signal, count] of Object.entries(dropped)) this.inc({ signal, state: "dropped" }, count);
    },
  });
  new Gauge({
    ...{ name: "playhead_otlp_lag_seconds", help: "How long a job waits that could not be exported.", registers },
    collect() {
      this.set((figures?.()?.behindMs ?? 0) / 1_000);
    },
  });
}

function tally<Item>(items: Iterable<Item>, keyOf: (item: Item) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}
