import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describeTelemetry, type OpenedTelemetry } from "../../telemetry-conformance.ts";
import { createSqliteTelemetry } from "./open-telemetry.ts";

async function openEmpty(timeZone: string, blockSize?: number): Promise<OpenedTelemetry> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "playhead-telemetry-"));
  const open = (zone: string) =>
    createSqliteTelemetry({ folder, timeZone: zone, ...(blockSize !== undefined && { blockSize }) });
  let store = await open(timeZone);
  return {
    store,
    async reopen(options) {
      await store.close();
      store = await open(options?.timeZone ?? timeZone);
      return store;
    },
    async cleanup() {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

describeTelemetry("SQLite", ({ timeZone }) => openEmpty(timeZone));
describeTelemetry("SQLite, with tiny blocks,", ({ timeZone }) => openEmpty(timeZone, 4));
