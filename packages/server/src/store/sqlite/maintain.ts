import type { DatabaseSync } from "node:sqlite";
import { prepareRow } from "./connection.ts";

/** So many pages (of 4 kB) are given back in one step: some milliseconds' work. */
const PAGES_AT_ONCE = 128;
/** What is free is used again by what comes next; only where more than this part of the file is free is it given back. */
const FREE_PART = 0.25;
/** Below this many free pages nobody cares. */
const FREE_AT_LEAST = 1_024;
/** So many rows of an index are looked at to know it: some milliseconds' work, however large it is. */
const ROWS_LOOKED_AT = 200;

/** One small step of housekeeping. @returns whether there is more to do */
export function maintainStep(db: DatabaseSync): boolean {
  const read = (name: string) => Number(prepareRow<[number]>(db, `PRAGMA ${name}`)()?.[0]);
  const hasMuchFree = () => {
    const free = read("freelist_count");
    return free >= FREE_AT_LEAST && free > read("page_count") * FREE_PART;
  };
  // A database of before it kept track of its free pages cannot give them back.
  if (read("auto_vacuum") === 0 || !hasMuchFree()) {
    db.exec(`PRAGMA analysis_limit = ${ROWS_LOOKED_AT}; PRAGMA optimize`);
    return false;
  }
  db.exec(`PRAGMA incremental_vacuum(${PAGES_AT_ONCE})`);
  return true;
}
