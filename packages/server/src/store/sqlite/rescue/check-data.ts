import { type DatabaseFindings, checkDatabase } from "./check-database.ts";
import { DATABASES } from "./database-kinds.ts";

/** Looks whether the databases of a data folder are well, also while a server has them. Changes nothing. */
export function checkDatabases(folder: string, onProgress?: (fraction: number) => void): readonly DatabaseFindings[] {
  return DATABASES.map((kind, place) =>
    checkDatabase(kind, folder, (fraction) => onProgress?.((place + fraction) / DATABASES.length)),
  );
}
