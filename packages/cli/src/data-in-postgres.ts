import { PlayheadError } from "@playhead/core";
import type { Config } from "@playhead/server";
import type { MachineCheck } from "./doctor/check-machine.ts";

/**
 * Refuses a command for the databases of a data folder where the data is in PostgreSQL: to do half of what it says would
 * look like all of it.
 *
 * @param instead what to do
 * @throws PlayheadError `usage_error`
 */
export function expectDataInFolder({ database_url }: Pick<Config, "database_url">, command: string, instead: string) {
  if (database_url === undefined) return;
  throw new PlayheadError(
    "usage_error",
    `${command} is for data in a folder; here it is in PostgreSQL (database_url)`,
    {
      hint: instead,
    },
  );
}

/** Whether the PostgreSQL of a configuration could be opened; changes nothing. */
export async function checkDatabase(url: string): Promise<MachineCheck> {
  const check = { part: "data", name: "database", isOptional: false };
  const { checkPostgres } = await import("@playhead/server");
  try {
    const { name, isUpToDate } = await checkPostgres(url);
    const found = isUpToDate ? name : `${name}, whose tables the next start brings up to date`;
    return { ...check, ok: true, found, advice: null };
  } catch (error) {
    if (!(error instanceof PlayheadError)) throw error;
    return { ...check, ok: false, found: error.message, advice: error.hint ?? "see docs/operations.md" };
  }
}
