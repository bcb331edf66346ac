import { afterAll, beforeAll } from "vitest";
import { type PostgresServer, startPostgres } from "../../../../../../tests/servers/postgres-server.ts";
import { describeTelemetry, type OpenedTelemetry } from "../../telemetry-conformance.ts";
import { openPostgres } from "../open-postgres.ts";
import { createPostgresTelemetry } from "./open-telemetry.ts";

const stops: (() => Promise<void>)[] = [];
let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres((stop) => stops.push(stop));
}, 60_000);
afterAll(async () => {
  for (const stop of stops) await stop();
}, 60_000);

async function openEmpty(timeZone: string, nowMs?: () => number): Promise<OpenedTelemetry> {
  const database = await openPostgres({ url: await server.createDatabase(), poolSize: 4 });
  const open = (zone: string) =>
    createPostgresTelemetry({ database, timeZone: zone, ...(nowMs !== undefined && { nowMs }) });
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
      await database.close();
    },
  };
}

/** In the middle of what the cases store. */
const THEN_MS = Date.UTC(2026, 10, 30);

describeTelemetry("PostgreSQL", ({ timeZone }) => openEmpty(timeZone, () => THEN_MS));
