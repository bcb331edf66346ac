import { PlayheadError } from "@playhead/core";
import type { AlertStore } from "../alert-store.ts";
import type { Store } from "../store.ts";
import { createPostgresAlerts } from "./alerts/alert-face.ts";
import { columnText } from "./column-text.ts";
import { createDocuments } from "./documents.ts";
import { createFencedWrites, type Term } from "./fenced-writes.ts";
import { createJobLister } from "./list-jobs.ts";
import { listTasks } from "./list-tasks.ts";
import { createMaintainer } from "./maintain.ts";
import type { PostgresDatabase, Statement } from "./postgres-database.ts";
import { createPruner } from "./prune.ts";
import { createJobReader } from "./read-job.ts";
import { createWriter } from "./writer.ts";

export interface PostgresStoreOptions {
  /** Stays open when the store is closed. */
  readonly database: PostgresDatabase;
  readonly nowMs: () => number;
  /** Names the history of a database that is new. */
  readonly newEpoch: () => string;
  /** Of the lease under which it is written. */
  readonly term: Term;
}

const SELECT_SOURCE: Statement = { name: "select_source", text: "SELECT n FROM playhead.sources WHERE source = $1" };

/**
 * The store of a database. Any number of servers may read; who holds the lease writes.
 *
 * @throws PlayheadError see `openPostgres`
 */
export async function createPostgresStore(options: PostgresStoreOptions): Promise<Store & AlertStore> {
  const { database, nowMs, newEpoch, term } = options;
  const epoch = await readEpoch(database, newEpoch);
  const writer = createWriter({ database, term, nowMs });
  const pruner = createPruner();
  const { write } = createFencedWrites(database, term);
  const maintainer = createMaintainer({ database, write, nowMs });
  const alerts = createPostgresAlerts({ database, term });
  let closed: Promise<void> | null = null;

  const parts: Omit<Store & AlertStore, "epoch" | "close"> = {
    ...alerts.store,
    ...createJobReader(database),
    ...createJobLister(database),
    ...createDocuments({ database, term, nowMs }),
    commit: writer.commit,
    listTasks: (query) => listTasks(database, query),
    async readSource(source) {
      const { rows } = await database.query<{ n: number }>(SELECT_SOURCE, [columnText(source)]);
      return rows[0]?.n ?? 0;
    },
    async prune(limits) {
      maintainer.keepFrom(limits.detailsBeforeMs);
      return await writer.inTurn(async (session) => {
        const { pruned, touched } = await pruner.step(session, limits, nowMs());
        writer.forget(touched);
        return pruned;
      });
    },
    maintain: maintainer.step,
  };

  return {
    epoch,
    ...whileOpen(parts, () => closed === null),
    close() {
      closed ??= alerts.settled().then(writer.close);
      return closed;
    },
  };
}

async function readEpoch(database: PostgresDatabase, newEpoch: () => string): Promise<string> {
  await database.query("INSERT INTO playhead.meta (key, value) VALUES ('epoch', $1) ON CONFLICT DO NOTHING", [
    newEpoch(),
  ]);
  const { rows } = await database.query<{ value: string }>("SELECT value FROM playhead.meta WHERE key = 'epoch'");
  return (rows[0] as { value: string }).value;
}

type Methods = Readonly<Record<string, (...args: never[]) => Promise<unknown>>>;

/** The same methods, which answer until the store is closed. */
function whileOpen<Parts extends { readonly [Name in keyof Parts]: Methods[string] }>(
  parts: Parts,
  isOpen: () => boolean,
): Parts {
  const guarded = Object.entries<Methods[string]>(parts).map(([name, method]) => [
    name,
    async (...args: never[]) => {
      if (!isOpen()) throw new PlayheadError("service_unavailable", "the store is closed", { retryable: false });
      return await method(...args);
    },
  ]);
  return Object.fromEntries(guarded);
}
