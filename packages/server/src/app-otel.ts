import type { Config } from "./config/config.ts";
import type { Engine } from "./engine.ts";
import { openOtlpIntake, otlpIntakeSettingsOf } from "./engine-otel.ts";
import { type OtlpExport, openOtlpExport } from "./engine-otel-export.ts";
import { otlpExportCheck } from "./health/checks/otlp-export.ts";
import type { Api } from "./http/api.ts";
import { addOtlpRoutes } from "./http/otlp-routes.ts";
import { encodeAnswer, encodeStatus, grpcCodeOf } from "./otel/wire/answers.ts";

/** OpenTelemetry, in and out. */
export function openOtel(http: Api, engine: Engine, config: Config, version: string) {
  const intake = openOtlpIntake(engine, otlpIntakeSettingsOf(config));
  addOtlpRoutes(http, {
    take: intake.take,
    encodeAnswer,
    encodeStatus: (httpStatus, message) => encodeStatus(grpcCodeOf(httpStatus), message),
  });
  let exported: OtlpExport | null = null;
  return {
    /** How the export stands; null where there is none. */
    exportStatus: () => exported?.status() ?? null,
    /** Begins to export, where the configuration says where to. */
    async start(): Promise<void> {
      exported = await openOtlpExport(engine, config, version);
      if (exported !== null) engine.health.register(otlpExportCheck(exported.status));
    },
    setConfig(next: Config): void {
      intake.setSettings(otlpIntakeSettingsOf(next));
    },
    async close(): Promise<void> {
      await Promise.all([intake.close(), exported?.close()]);
    },
  };
}
