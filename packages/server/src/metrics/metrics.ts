import { HEALTH_STATUSES, type HealthStatus, isFinalJobState, JOB_STATES, type Job, LIVENESS } from "@playhead/core";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Bus, Publication } from "../bus/bus.ts";
import { createKindNames } from "./kind-names.ts";
import { addQueueMetrics, type QueueFigures } from "./queue-metrics.ts";
import { addSupabaseMetrics, type SupabaseFigures } from "./supabase-metrics.ts";

export interface MetricsDeps {
  readonly version: string;
  readonly bus: Pick<Bus, "subscribeAll">;
  /** Jobs that have not ended, of all tenants. */
  readonly openJobs: () => Iterable<Job>;
  /** A job as it stands; undefined for one that is not in memory any more. */
  readonly findJob: (jobId: string) => Job | undefined;
  readonly queue: QueueFigures;
  readonly viewers: () => { readonly connections: number; readonly waitingBytes: number };
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

/** An answer to an HTTP request, once it was given. */
export interface AnsweredRequest {
  readonly method: string;
  /** As it is registered, so that there are only so many. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
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

/** Gauges whose names say that they are counters, which Prometheus' own linter does not let pass. */
const MISNAMED = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];
/** Jobs take from seconds to a night. */
const JOB_SECONDS = [1, 5, 15, 60, 300, 900, 3_600, 14_400, 43_200];
const ENDS: ReadonlySet<string> = new Set(["job.completed", "job.failed", "job.canceled"]);

export function createMetrics(deps: MetricsDeps): Metrics {
  const { version, bus, openJobs, findJob, viewers, droppedRecords, alerts, supabase } = deps;
  const registry = new Registry();
  const registers = [registry];
  const kindOf = createKindNames();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);

  new Gauge({
    ...{ name: "playhead_build_info", help: "Always 1; its label says which version runs.", registers },
    labelNames: ["version"],
  }).set({ version }, 1);

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
  new Gauge({
    ...{ name: "playhead_viewer_connections", help: "Sockets and streams that follow jobs.", registers },
    collect() {
      this.set(viewers().connections);
    },
  });
  new Gauge({
    ...{ name: "playhead_viewer_waiting_bytes", help: "What waits for viewers that read slowly.", registers },
    collect() {
      this.set(viewers().waitingBytes);
    },
  });
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
  const requests = new Histogram({
    ...{ name: "playhead_http_request_duration_seconds", help: "From a request to its answer.", registers },
    labelNames: ["method", "route", "status"],
    buckets: [0.005, 0.025, 0.1, 0.5, 2.5, 10],
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
    contentType: registry.contentType,
    text: () => registry.metrics(),
    noteRequest({ method, route, status, durationMs }) {
      requests.observe({ method, route, status: `${Math.floor(status / 100)}xx` }, durationMs / 1_000);
    },
    noteHealth: (component, status) => health.set({ component }, HEALTH_STATUSES.indexOf(status)),
    close() {
      stop();
      registry.clear();
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
