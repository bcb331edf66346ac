import type { Engine } from "./engine.ts";
import type { EngineSupabase } from "./engine-supabase.ts";
import { createMetrics, type MetricsDeps } from "./metrics/metrics.ts";

/** The figures of the whole server, for Prometheus. */
export function openMetrics(
  { bus, ingest, alerts, queue }: Engine,
  version: string,
  others: Pick<MetricsDeps, "viewers" | "otlp">,
  supabase: EngineSupabase | null,
) {
  return createMetrics({
    ...{ version, bus, ...others },
    openJobs: () => Iterator.from(ingest.jobs.open()).map(({ draft }) => draft),
    findJob: (jobId) => ingest.jobs.peek(jobId)?.draft,
    queue,
    alerts: alerts.status,
    droppedRecords: alerts.droppedRecords,
    supabase: supabase === null ? null : supabase.status,
  });
}
