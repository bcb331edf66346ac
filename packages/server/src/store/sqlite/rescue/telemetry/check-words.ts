import type { DatabaseSync } from "node:sqlite";
import { ENTRY_COLUMNS, type EntryTuple, rowOf } from "../../../entry-row.ts";
import { prepareRows } from "../../connection.ts";
import { indexedEntry } from "../../telemetry/index-text.ts";

/** As the index's own tokenizer has them. */
const WORDS = /[A-Za-z0-9\u0080-\uffff]+/g;
const CAPITALS = /[A-Z]+/g;
/** The index cuts what is longer than it can keep. */
const MAX_WORD_CHARACTERS = 8_000;
const ROWS_PER_READ = 1_000;

/**
 * Whether the index has each entry by each of its words, and nothing else: by a sum over both, in which each pair of
 * a word and an entry has its share. SQLite's own check sees only whether the index contradicts itself.
 */
export function areWordsRight(db: DatabaseSync, onProgress?: (fraction: number) => void): boolean {
  const expected = sumOfEntries(db, onProgress);
  return expected === sumOfIndex(db);
}

function sumOfEntries(db: DatabaseSync, onProgress: ((fraction: number) => void) | undefined): number {
  const select = prepareRows<EntryTuple>(
    db,
    `SELECT ${ENTRY_COLUMNS.join(", ")} FROM entries WHERE entry_id > ? ORDER BY entry_id LIMIT ${ROWS_PER_READ}`,
  );
  const all = Number(db.prepare("SELECT count(*) AS count FROM entries").get()?.count);
  let read = 0;
  let sum = 0;
  let lastId = 0;
  for (let rows = select(lastId); rows.length > 0; rows = select(lastId)) {
    for (const tuple of rows) {
      const [entryId] = tuple;
      const text = indexedEntry(rowOf(tuple)).replace(CAPITALS, (word) => word.toLowerCase());
      for (const word of new Set(text.match(WORDS))) sum = (sum + shareOf(word, 1, entryId)) | 0;
      lastId = entryId;
    }
    read += rows.length;
    onProgress?.(read / all);
  }
  return sum;
}

function sumOfIndex(db: DatabaseSync): number {
  db.exec("CREATE VIRTUAL TABLE IF NOT EXISTS temp.word_list USING fts5vocab('main', 'words', 'instance')");
  const select = db.prepare(
    "SELECT term, count(*), sum(doc % 4294967296) % 4294967296 FROM temp.word_list GROUP BY term",
    { returnArrays: true },
  );
  let sum = 0;
  for (const row of select.iterate()) {
    const [word, count, ids] = row as unknown as [string, number, number];
    sum = (sum + shareOf(word, count, ids)) | 0;
  }
  return sum;
}

/** The same for entries one by one and together, since it is linear in both numbers. Modulo 2^32. */
function shareOf(word: string, count: number, ids: number): number {
  if (word.length > MAX_WORD_CHARACTERS) return 0;
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  // Odd, so that no entry's share is none.
  return Math.imul(hash | 1, (count + Math.imul(ids | 0, 0x9e3779b1)) | 0);
}
