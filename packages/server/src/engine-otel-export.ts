import { hostname } from "node:os";
import type { Config } from "./config/config.ts";
import type { Engine } from "./engine.ts";
import { textOf } from "./error-text.ts";
import { openEncoder, type Signal } from "./otel/export/encode.ts";
import { createExporter, type ExportStatus } from "./otel/export/exporter.ts";
import { openMetricsExporter } from "./otel/export/metrics-exporter.ts";
import { namedValuesOf } from "./otel/export/named-values.ts";
import { createSender } from "./otel/export/sender.ts";
import { DEFAULT_TENANT } from "./tenants.ts";

/** What goes out by OTLP while the server runs. */
export interface OtlpExport {
  readonly status: () => ExportStatus;
  /** Sends the figures of now, as the clock does once a minute. */
  readonly sendMetrics: () => Promise<void>;
  close(): Promise<void>;
}

/** Warnings of what was left out, at most so often. */
const TELL_EVERY_MS = 60_000;
const ENDS: ReadonlySet<string> = new Set(["job.completed", "job.canceled", "job.failed"]);

/** Exports to where the configuration says; null where it says nothing: then nothing of it is even loaded. */
export async function openOtlpExport(engine: Engine, config: Config, version: string): Promise<OtlpExport | null> {
  const { endpoint, protocol, compression, headers, resource, signals, sample_ratio } = config.otlp;
  if (endpoint === undefined) return null;
  const { store, telemetry, telemetryStore, bus, ingest, log } = engine;
  const said = { "service.name": "playhead", "service.version": version, "service.instance.id": hostname() };
  const encoder = await openEncoder(protocol, { ...said, ...namedValuesOf(resource) }, version);
  const sender = createSender({
    endpoint,
    headers: namedValuesOf(headers),
    contentType: encoder.contentType,
    compression,
    random: Math.random,
  });
  const wanted: ReadonlySet<Signal> = new Set(signals);
  let toldMs = 0;
  const exporter = createExporter({
    ...{ store, telemetryStore, encoder, sender, nowMs: Date.now },
    ownTenantId: DEFAULT_TENANT,
    signals: wanted,
    sampleRatio: sample_ratio,
    onDropped(reason, count) {
      if (Date.now() - toldMs < TELL_EVERY_MS) return;
      toldMs = Date.now();
      log("warning", "something could not be exported by OpenTelemetry", { reason, count });
    },
    onError: (error) => log("error", "the export by OpenTelemetry failed; trying again", { error: textOf(error) }),
  });
  const metrics = wanted.has("metrics")
    ? await openMetricsExporter({
        ...{ encoder, sender, bus },
        openJobs: () => Iterator.from(ingest.jobs.open()).map(({ draft }) => draft),
        findJob: (jobId) => ingest.jobs.peek(jobId)?.draft,
        onSent: (count, isDropped) => exporter.noteSent("metrics", count, isDropped),
      })
    : null;
  const stop = bus.subscribeAll((publications) => {
    if (publications.some(({ content }) => "type" in content && ENDS.has(content.type))) exporter.wake();
  });
  const stopLate = telemetry.onStored(exporter.noteStored);
  if (wanted.has("traces") || wanted.has("logs")) await exporter.start();
  return {
    status: exporter.status,
    sendMetrics: async () => metrics?.send(),
    async close(): Promise<void> {
      stop();
      stopLate();
      await metrics?.close();
      await exporter.close();
    },
  };
}
