import { PlayheadError } from "@playhead/core";
import type { PostgresDatabase } from "./postgres-database.ts";

/** Older ones are out of support. */
const OLDEST_VERSION = 140_000;

/** Looks whether a server is one for us. @throws PlayheadError `data_unwritable` for one that is too old, or not of UTF-8 */
export async function checkServer(database: PostgresDatabase): Promise<void> {
  const { rows } = await database.query<{ version: number; encoding: string }>(
    `SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding`,
  );
  const [{ version, encoding }] = rows as [(typeof rows)[number]];
  if (version < OLDEST_VERSION) {
    throw new PlayheadError("data_unwritable", `expected PostgreSQL 14 or later at ${database.name}, got ${version}`, {
      hint: "update PostgreSQL",
    });
  }
  if (encoding !== "UTF8") {
    throw new PlayheadError("data_unwritable", `expected ${database.name} to be of encoding UTF8, got ${encoding}`, {
      hint: "create the database with ENCODING 'UTF8'",
    });
  }
}
