import { checkServer } from "./check-server.ts";
import { connectPostgres, type PostgresOptions } from "./connect-postgres.ts";
import { findMissing, migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/all.ts";
import type { PostgresDatabase } from "./postgres-database.ts";

/**
 * Reaches a PostgreSQL (14 or later), and brings its tables up to date; several servers may do so at once.
 *
 * @throws PlayheadError `service_unavailable` when it cannot be reached, `data_unwritable` when it refuses us,
 * `data_newer` for one that a later Playhead wrote
 */
export async function openPostgres(options: PostgresOptions): Promise<PostgresDatabase> {
  const database = connectPostgres(options);
  try {
    await checkServer(database);
    await migrate(database, MIGRATIONS);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** What a look at a database found. */
export interface PostgresFindings {
  /** Names it, without its password. */
  readonly name: string;
  /** False for one that is empty yet, or that the next start brings up to date. */
  readonly isUpToDate: boolean;
}

/** Looks whether a database could be opened; changes nothing. @throws PlayheadError as {@link openPostgres} does */
export async function checkPostgres(url: string): Promise<PostgresFindings> {
  const database = connectPostgres({ url, poolSize: 1 });
  try {
    await checkServer(database);
    const missing = await findMissing(database, database.name, MIGRATIONS);
    return { name: database.name, isUpToDate: missing.length === 0 };
  } finally {
    await database.close();
  }
}
