import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** Who follows jobs at a process, and what waits for them. */
export interface ViewerFigures {
  readonly connections: number;
  readonly waitingBytes: number;
}

export interface ProcessMetricsDeps {
  readonly version: string;
  readonly viewers: () => ViewerFigures;
}

/** An answer to an HTTP request, once it was given. */
export interface AnsweredRequest {
  readonly method: string;
  /** As it is registered, so that there are only so many. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
}

/** Gauges whose names say that they are counters, which Prometheus' own linter does not let pass. */
const MISNAMED = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];

/** What each process that serves viewers says of itself, with an engine or without. */
export function createProcessMetrics({ version, viewers }: ProcessMetricsDeps) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);

  new Gauge({
    ...{ name: "playhead_build_info", help: "Always 1; its label says which version runs.", registers },
    labelNames: ["version"],
  }).set({ version }, 1);
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
  const requests = new Histogram({
    ...{ name: "playhead_http_request_duration_seconds", help: "From a request to its answer.", registers },
    labelNames: ["method", "route", "status"],
    buckets: [0.005, 0.025, 0.1, 0.5, 2.5, 10],
  });

  return {
    registry,
    contentType: registry.contentType,
    /** In the text format of Prometheus. */
    text: () => registry.metrics(),
    noteRequest({ method, route, status, durationMs }: AnsweredRequest): void {
      requests.observe({ method, route, status: `${Math.floor(status / 100)}xx` }, durationMs / 1_000);
    },
    close: () => registry.clear(),
  };
}
