import { hostname } from "node:os";
import type { Config } from "./config/config.ts";
import type { ServerLog } from "./server-log.ts";
import type { AlertStore } from "./store/alert-store.ts";
import { acquireLease } from "./store/postgres/acquire-lease.ts";
import { connectPostgres } from "./store/postgres/connect-postgres.ts";
import type { Term } from "./store/postgres/fenced-writes.ts";
import { holdLease } from "./store/postgres/hold-lease.ts";
import { createLease } from "./store/postgres/lease.ts";
import { openPostgres } from "./store/postgres/open-postgres.ts";
import { createPostgresStore } from "./store/postgres/open-store.ts";
import type { PostgresDatabase } from "./store/postgres/postgres-database.ts";
import { createPostgresTelemetry } from "./store/postgres/telemetry/open-telemetry.ts";
import type { Store } from "./store/store.ts";
import type { TelemetryStore } from "./store/telemetry-store.ts";
import { type Writing, writesAlways } from "./store/writing.ts";

/** A PostgreSQL in the place of the databases in the data folder. */
export type EngineDatabase =
  /** One server alone: it takes the lease when it opens, and keeps it. */
  | { readonly url: string; readonly poolSize?: number }
  /** Opened by whoever holds the lease, and left open. */
  | { readonly opened: PostgresDatabase; readonly term: Term };

export interface PostgresStoresOptions {
  readonly database: EngineDatabase;
  readonly nowMs: () => number;
  readonly newEpoch: () => string;
  /** IANA zone of the rollups. */
  readonly timeZone: string;
  readonly log: ServerLog;
}

export interface PostgresStores {
  readonly store: Store & AlertStore;
  readonly telemetryStore: TelemetryStore;
  readonly writing: Writing;
  close(): Promise<void>;
}

/** A renewal that takes longer is tried anew, on another connection: the lease lasts twice as long. */
const RENEWAL_LIMIT_MS = 3_000;

/** The database of a configuration; nothing where it names none. */
export function databaseOf({
  database_url: url,
  database_pool: poolSize,
}: Pick<Config, "database_url" | "database_pool">): { readonly database?: EngineDatabase } {
  return url === undefined ? {} : { database: { url, poolSize } };
}

/** A database that can be written, and how it is let go of. */
interface Writable {
  readonly database: PostgresDatabase;
  readonly term: Term;
  readonly writing: Writing;
  close(): Promise<void>;
}

/**
 * Opens the stores of a PostgreSQL.
 *
 * @throws PlayheadError as `openPostgres` does, and `data_in_use` when another server writes it
 */
export async function openPostgresStores(options: PostgresStoresOptions): Promise<PostgresStores> {
  const { nowMs, newEpoch, timeZone, log } = options;
  const writable = await openWritable(options.database, log);
  const { database, term } = writable;
  try {
    const store = await createPostgresStore({ database, term, nowMs, newEpoch });
    const telemetryStore = await createPostgresTelemetry({ database, term, timeZone, nowMs });
    return {
      store,
      telemetryStore,
      writing: writable.writing,
      async close() {
        await telemetryStore.close();
        await store.close();
        await writable.close();
      },
    };
  } catch (error) {
    await writable.close();
    throw error;
  }
}

async function openWritable(given: EngineDatabase, log: ServerLog): Promise<Writable> {
  if ("opened" in given) {
    return { database: given.opened, term: given.term, writing: writesAlways(), close: async () => {} };
  }
  const onError = (error: unknown) => log("warning", "a connection to PostgreSQL was lost", { error: String(error) });
  const database = await openPostgres({ ...given, onError });
  // On a connection of its own: however many wait for one of the pool, it is renewed in time.
  const leaseDatabase = connectPostgres({ url: given.url, poolSize: 1, answerLimitMs: RENEWAL_LIMIT_MS, onError });
  const lease = createLease({ database: leaseDatabase, holder: `${hostname()}:${process.pid}` });
  try {
    await acquireLease({ lease });
  } catch (error) {
    await Promise.all([leaseDatabase.close(), database.close()]);
    throw error;
  }
  const held = holdLease({
    lease,
    onLost: () => log("error", "another server writes the database now: nothing more is stored by this one"),
    onError: (error) => log("warning", "the lease on the database could not be renewed", { error: String(error) }),
  });
  return {
    database,
    term: lease.term,
    writing: held.writing,
    async close() {
      await held.stop();
      // Another one need not wait for its time to pass, unless the database is away.
      await lease.release().catch(() => {});
      await Promise.all([leaseDatabase.close(), database.close()]);
    },
  };
}
