import { afterAll, beforeAll } from "vitest";
import { type PostgresServer, startPostgres } from "../../../../../tests/servers/postgres-server.ts";
import { describeStore, type OpenedStore } from "../conformance.ts";
import { createLease } from "./lease.ts";
import { openPostgres } from "./open-postgres.ts";
import { createPostgresStore } from "./open-store.ts";

let server: PostgresServer;
const stops: (() => Promise<void>)[] = [];
beforeAll(async () => {
  server = await startPostgres((stop) => stops.push(stop));
}, 60_000);
afterAll(async () => {
  for (const stop of stops) await stop();
}, 60_000);

let epochs = 0;

async function openEmpty(): Promise<OpenedStore> {
  const url = await server.createDatabase();
  async function open() {
    const database = await openPostgres({ url, poolSize: 4 });
    const lease = createLease({ database, holder: "test" });
    await lease.acquire();
    const { term } = lease;
    const store = await createPostgresStore({ database, term, nowMs: Date.now, newEpoch: () => `epoch-${++epochs}` });
    async function close(): Promise<void> {
      await store.close();
      await lease.release();
      await database.close();
    }
    return { store, close };
  }
  let opened = await open();
  return {
    store: opened.store,
    async reopen() {
      await opened.close();
      opened = await open();
      return opened.store;
    },
    cleanup: () => opened.close(),
  };
}

describeStore("PostgreSQL", openEmpty);
