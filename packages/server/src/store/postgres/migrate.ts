import { PlayheadError } from "@playhead/core";
import type { PostgresDatabase, Session } from "./postgres-database.ts";

/** One step of the tables. */
export interface Migration {
  /** 1–9 are of facts, 10–19 of telemetry: what is missing is applied in the order of these. */
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** "PLHD": all servers that start at once take turns at this. */
const LOCK = 0x50_4c_48_44;

const LIMIT_MS = 24 * 3_600_000;

/**
 * Brings the schema `playhead`, new or old, up to date: all that is missing, in one transaction. Servers that start at
 * once wait for each other, and the later ones find nothing to do.
 *
 * @throws PlayheadError `data_newer` when it holds a step that we do not know
 */
export async function migrate(database: PostgresDatabase, migrations: readonly Migration[]): Promise<void> {
  // Mostly nothing is missing: then nobody has to wait, and no right to change tables is needed.
  if ((await findMissing(database, database.name, migrations)).length === 0) return;
  await database.transaction(async (session) => {
    // Waiting for another server's turn, and large tables, take as long as they need.
    await session.query("SET LOCAL statement_timeout = 0");
    await session.query("SET LOCAL idle_in_transaction_session_timeout = 0");
    await session.query({ text: `SELECT pg_advisory_xact_lock(${LOCK})`, limitMs: LIMIT_MS });
    await createLedger(session);
    for (const { version, name, sql } of await findMissing(session, database.name, migrations)) {
      await session.query({ text: sql, limitMs: LIMIT_MS });
      await session.query("INSERT INTO playhead.migrations (version, name) VALUES ($1, $2)", [version, name]);
    }
  });
}

/** Not by IF NOT EXISTS, which asks for the right to create a schema where one is there already. */
async function createLedger(session: Session): Promise<void> {
  const { count } = await session.query("SELECT FROM pg_namespace WHERE nspname = 'playhead'");
  if (count === 0) await session.query("CREATE SCHEMA playhead");
  await session.query(
    `CREATE TABLE IF NOT EXISTS playhead.migrations (
       version int PRIMARY KEY,
       name text NOT NULL,
       applied_at timestamptz NOT NULL DEFAULT now()
     )`,
  );
}

/** The steps that a database lacks, in order. @throws PlayheadError `data_newer` */
export async function findMissing(
  session: Session,
  what: string,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> {
  const { rows: ledger } = await session.query<{ found: string | null }>(
    "SELECT to_regclass('playhead.migrations')::text AS found",
  );
  if (ledger[0]?.found === null) return migrations;
  const { rows } = await session.query<{ version: number; name: string }>(
    "SELECT version, name FROM playhead.migrations ORDER BY version",
  );
  const known = new Set(migrations.map(({ version }) => version));
  const unknown = rows.find(({ version }) => !known.has(version));
  if (unknown !== undefined) {
    const { version, name } = unknown;
    throw new PlayheadError("data_newer", `${what} was written by a newer Playhead (it has step ${version}, ${name})`, {
      hint: "update Playhead, or choose another database",
      detail: { version },
    });
  }
  const applied = new Set(rows.map(({ version }) => version));
  return migrations.filter(({ version }) => !applied.has(version)).toSorted((a, b) => a.version - b.version);
}
