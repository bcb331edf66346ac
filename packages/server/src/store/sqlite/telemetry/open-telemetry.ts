import { createMemoryTelemetry } from "../../../../test/memory-telemetry.ts";
import type { TelemetryStore } from "../../telemetry-store.ts";

export const createSqliteTelemetry = async (_: { folder: string; timeZone: string }): Promise<TelemetryStore> =>
  createMemoryTelemetry();
