import type { Config } from "./config/config.ts";
import type { Engine } from "./engine.ts";
import { createOtlpReader } from "./engine-otel-reader.ts";
import { startOtlpThread } from "./engine-otel-thread.ts";
import { textOf } from "./error-text.ts";
import { createOtlpIntake, type OtlpIntakeSettings } from "./otel/intake/otlp-intake.ts";
import { DEFAULT_TENANT, workerKeyOf } from "./tenants.ts";

/** What the configuration says of what other programs tell by OpenTelemetry. */
export function otlpIntakeSettingsOf({ otlp }: Config): OtlpIntakeSettings {
  return { jobs: otlp.jobs, traceTimeoutMs: otlp.trace_timeout_ms };
}

/** What comes by OTLP, put into the engine. */
export function openOtlpIntake(engine: Engine, first: OtlpIntakeSettings) {
  const { ingest, telemetry, telemetryStore, bus, log } = engine;
  let settings = first;
  const intake = createOtlpIntake({
    reader: createOtlpReader(startOtlpThread),
    jobs: () => ingest.jobs,
    ownTenantId: DEFAULT_TENANT,
    bus,
    telemetryStore,
    async begin({ source, records }, reporter) {
      const worker = workerKeyOf(reporter.tenantId, source);
      const { answer, stored } = await telemetry.begin({ source: worker, records }, reporter);
      return { refused: answer.refused, stored };
    },
    settings: () => settings,
    nowMs: Date.now,
    onError: (error) => log("error", "jobs of traces could not be seen to", { error: textOf(error) }),
  });
  intake.recover();
  return {
    ...intake,
    setSettings(next: OtlpIntakeSettings): void {
      settings = next;
    },
  };
}
