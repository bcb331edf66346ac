import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { PlayheadError } from "@playhead/core";
import { textOf } from "./error-text.ts";
import type { ServerLog } from "./server-log.ts";
import { holdLease } from "./store/postgres/hold-lease.ts";
import { createLease } from "./store/postgres/lease.ts";
import type { PostgresDatabase } from "./store/postgres/postgres-database.ts";

/** One that ended without a word holds its lease for 6 s more. */
const WAIT_MS = 8_000;
const ASK_EVERY_MS = 250;

/**
 * Takes the lease of a database for a server that is alone with it, and keeps it until it ends.
 *
 * @throws PlayheadError `data_in_use` when another server holds it
 */
export async function keepLease(database: PostgresDatabase, log: ServerLog) {
  const lease = createLease({ database, holder: `${hostname()} ${process.pid}` });
  const untilMs = performance.now() + WAIT_MS;
  while ((await lease.acquire()) === null) {
    if (performance.now() < untilMs) await delay(ASK_EVERY_MS);
    else throw inUse(database.name, (await lease.read())?.holder ?? "another server");
  }
  const holding = holdLease({
    lease,
    onLost: () => log("error", "another server writes this database by now: this one takes nothing more; stop it"),
    onError: (error) => log("warning", "the lease of the database could not be renewed", { error: textOf(error) }),
  });
  return {
    term: lease.term,
    async close(): Promise<void> {
      await holding.stop();
      await lease.release();
    },
  };
}

function inUse(name: string, holder: string): PlayheadError {
  return new PlayheadError("data_in_use", `another Playhead (${holder}) is using ${name}`, {
    hint: "stop it, or set redis_url on both, so that they are nodes of one cluster",
  });
}
