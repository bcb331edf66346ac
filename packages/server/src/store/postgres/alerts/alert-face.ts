import type { AlertStore } from "../../alert-store.ts";
import { createFencedWrites, type Term } from "../fenced-writes.ts";
import type { PostgresDatabase } from "../postgres-database.ts";
import { createAlertReader } from "./alert-reader.ts";
import { createAlertWriter } from "./alert-writer.ts";
import { createFactLog } from "./fact-log.ts";
import { createAlertLister } from "./list-alerts.ts";

export interface PostgresAlertsDeps {
  readonly database: PostgresDatabase;
  /** Of the lease under which it is written. */
  readonly term: Term;
}

/** The part of the store that keeps alerts, and what has to be over before the store is closed. */
export interface PostgresAlerts {
  readonly store: AlertStore;
  /** Resolves when all that was asked for is stored, or refused. */
  settled(): Promise<void>;
}

export function createPostgresAlerts({ database, term }: PostgresAlertsDeps): PostgresAlerts {
  const { settled, ...writer } = createAlertWriter(createFencedWrites(database, term).write);
  return {
    store: {
      ...writer,
      ...createAlertReader(database),
      ...createAlertLister(database),
      ...createFactLog(database),
    },
    settled,
  };
}
