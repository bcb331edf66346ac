import type { PostgresDatabase } from "../postgres-database.ts";
import { readDays, tableOf } from "./entry-days.ts";

/**
 * One step of tidying up. New words wait in a list that each search goes through, until there are so many of them that
 * PostgreSQL puts them where they belong: that is better done while nothing is to be stored. All else is autovacuum's.
 *
 * @returns whether there is more to do
 */
export async function maintain(database: PostgresDatabase): Promise<boolean> {
  const days = await readDays(database);
  // What is written goes to the newest day, mostly.
  const newest = days.at(-1);
  if (newest === undefined) return false;
  const { rows } = await database.query<{ pages: number }>(
    `SELECT gin_clean_pending_list(indexrelid)::int AS pages FROM pg_index
     JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam
     WHERE indrelid = to_regclass($1) AND amname = 'gin'`,
    [tableOf(newest.day)],
  );
  return rows.some(({ pages }) => pages > 0);
}
