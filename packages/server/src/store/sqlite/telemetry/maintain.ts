import type { DatabaseSync } from "node:sqlite";
import { prepareChange, prepareRow } from "../connection.ts";

/** About so many pages are worked on in one step: some milliseconds. */
const PAGES_PER_STEP = 256;

/** @returns one step of tidying up: puts pieces of the text index together, gives free pages back; says whether there is more */
export function prepareMaintain(db: DatabaseSync): () => boolean {
  const mergeWords = prepareChange(db, "INSERT INTO words (words, rank) VALUES ('merge', ?)");
  const readChanges = prepareRow<[number]>(db, "SELECT total_changes()");
  const readFree = prepareRow<[number]>(db, "PRAGMA freelist_count");
  return () => {
    const before = readChanges()?.[0] ?? 0;
    mergeWords(PAGES_PER_STEP);
    // By its documentation, a merge that changed less than two rows had nothing to do.
    const hasMerged = (readChanges()?.[0] ?? 0) - before >= 2;
    const free = readFree()?.[0] ?? 0;
    if (free > 0) db.exec(`PRAGMA incremental_vacuum(${PAGES_PER_STEP})`);
    return hasMerged || free > PAGES_PER_STEP;
  };
}
