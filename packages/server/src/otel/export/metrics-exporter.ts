import { setTimeout as wait } from "node:timers/promises";
import { JOB_STATES, type Job } from "@playhead/core";
import type { Bus } from "../../bus/bus.ts";
import type { Encoder } from "./encode.ts";
import type { Sender } from "./sender.ts";

export interface MetricsExporterDeps {
  readonly encoder: Encoder;
  readonly sender: Sender;
  readonly bus: Pick<Bus, "subscribeAll">;
  /** Jobs that have not ended, of all tenants. */
  readonly openJobs: () => Iterable<Pick<Job, "state" | "kind">>;
  /** A job as it stands; undefined for one that is not in memory any more. */
  readonly findJob: (jobId: string) => Job | undefined;
  readonly onSent: (count: number, isDropped: boolean) => void;
}

const EVERY_MS = 60_000;
/** A receiver that does not answer holds up the server's end for no longer. */
const LAST_MS = 2_000;
const ENDS: ReadonlySet<string> = new Set(["job.completed", "job.canceled", "job.failed"]);

/**
 * The server's figures of jobs by OpenTelemetry's own SDK, once a minute. They add up since the start, so that one that
 * could not be sent is made good by the next; none waits.
 */
export async function openMetricsExporter(deps: MetricsExporterDeps) {
  const { encoder, sender, bus, openJobs, findJob, onSent } = deps;
  const [{ ValueType }, { AggregationType, MeterProvider, MetricReader }] = await Promise.all([
    import("@opentelemetry/api"),
    import("@opentelemetry/sdk-metrics"),
  ]);
  const inJobs = { unit: "{job}", valueType: ValueType.INT };

  /** Read when we send. */
  class Reader extends MetricReader {
    protected async onForceFlush(): Promise<void> {}
    protected async onShutdown(): Promise<void> {}
  }
  const reader = new Reader();
  const provider = new MeterProvider({
    resource: encoder.resource,
    readers: [reader],
    views: [
      {
        instrumentName: "playhead.job.duration",
        aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize: 160 } },
      },
    ],
  });
  const meter = provider.getMeter("playhead");
  meter
    .createObservableUpDownCounter("playhead.job.active", { ...inJobs, description: "Jobs that have not ended." })
    .addCallback((result) => {
      for (const [state, kinds] of countJobs(openJobs())) {
        for (const [kind, count] of kinds) {
          result.observe(count, { "playhead.job.state": state, "playhead.job.kind": kind });
        }
      }
    });
  meter
    .createObservableGauge("playhead.queue.size", { ...inJobs, description: "Jobs that wait for a worker." })
    .addCallback((result) => {
      for (const [kind, count] of countJobs(openJobs()).get("pending") ?? []) {
        result.observe(count, { "playhead.job.kind": kind });
      }
    });
  const ended = meter.createCounter("playhead.job.ended", { ...inJobs, description: "Jobs that ended." });
  const duration = meter.createHistogram("playhead.job.duration", {
    unit: "s",
    description: "From a job's first work to its end, pauses included.",
  });

  const stop = bus.subscribeAll((publications) => {
    for (const { jobId, content } of publications) {
      if (!("type" in content) || !ENDS.has(content.type)) continue;
      const job = findJob(jobId);
      if (job === undefined) continue;
      const attributes = { "playhead.job.kind": job.kind, "playhead.job.state": job.state };
      ended.add(1, attributes);
      if (job.started_at === null || job.ended_at === null) continue;
      duration.record(Math.max(0, Date.parse(job.ended_at) - Date.parse(job.started_at)) / 1_000, attributes);
    }
  });

  async function send(): Promise<void> {
    const { resourceMetrics } = await reader.collect();
    const count = resourceMetrics.scopeMetrics.reduce((sum, { metrics }) => sum + metrics.length, 0);
    try {
      const outcome = await sender.sendOnce("metrics", encoder.metrics(resourceMetrics));
      onSent(count, outcome.state === "refused");
    } catch {
      onSent(count, true);
    }
  }

  const timer = setInterval(() => void send(), EVERY_MS);
  timer.unref();
  return {
    /** Sends what the figures are now. */
    send,
    /** Sends them a last time: the next process begins anew, and nothing would make good what was not sent. */
    async close(): Promise<void> {
      clearInterval(timer);
      stop();
      await Promise.race([send(), wait(LAST_MS, undefined, { ref: false })]);
      await provider.shutdown();
    },
  };
}

function countJobs(jobs: MetricsExporterDeps["openJobs"] extends () => infer All ? All : never) {
  const counts = new Map<string, Map<string, number>>(JOB_STATES.map((state) => [state, new Map()]));
  for (const { state, kind } of jobs) {
    const kinds = counts.get(state) as Map<string, number>;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return counts;
}
