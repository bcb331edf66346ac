import type { Engine } from "./engine.ts";
import { createMetrics, type MetricsDeps } from "./metrics/metrics.ts";

/** The figures of the whole server, for Prometheus. */
export function openMetrics(
  { bus, ingest, alerts }: Engine,
  version: string,
  others: Pick<MetricsDeps, "viewers" | "otlp">,
) {
  return createMetrics({
    ...{ version, bus, ...others },
    openJobs: () => Iterator.from(ingest.jobs.open()).map(({ draft }) => draft),
    findJob: (jobId) => ingest.jobs.peek(jobId)?.draft,
    alerts: alerts.status,
    droppedRecords: alerts.droppedRecords,
  });
}
