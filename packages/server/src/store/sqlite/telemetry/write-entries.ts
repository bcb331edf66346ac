import type { DatabaseSync } from "node:sqlite";
import type { EntryRow } from "../../telemetry-store.ts";
import { createBulkInsert } from "../bulk-insert.ts";
import { prepareChange, prepareRow } from "../connection.ts";
import { blocksOf } from "./blocks.ts";
import { ENTRY_COLUMNS, tupleOf } from "./entry-row.ts";
import { indexedEntry } from "./entry-tokens.ts";
import { prepareReadMeta } from "./meta.ts";

/** Appends entries, with what finds them again: their words, and the times of their blocks. */
export interface EntryWriter {
  /** Within a transaction. @returns the id of the first; the others count on from it */
  write(rows: readonly EntryRow[]): number;
  /** The id of the newest entry, of which there may be none any more; 0 at first. */
  lastId(): number;
  /** To be called when a transaction failed, or others changed blocks: what is known is read anew. */
  forget(): void;
}

interface Block {
  readonly block: number;
  minTsMs: number;
  maxTsMs: number;
  lastId: number;
}

/** Prepares the statements on the writing connection. */
export function createEntryWriter(db: DatabaseSync): EntryWriter {
  const entries = createBulkInsert(db, "entries", ENTRY_COLUMNS);
  const insertWords = prepareChange(db, "INSERT INTO words (rowid, text) VALUES (?, ?)");
  const putBlock = prepareChange(db, "REPLACE INTO blocks (block, min_ts_ms, max_ts_ms, last_id) VALUES (?, ?, ?, ?)");
  const selectLast = prepareRow<[number, number, number, number]>(
    db,
    "SELECT block, min_ts_ms, max_ts_ms, last_id FROM blocks ORDER BY block DESC LIMIT 1",
  );
  const { blockOf } = blocksOf(prepareReadMeta(db)("block_size"));
  let last: Block | null = null;

  function lastBlock(): Block {
    if (last === null) {
      const [block, minTsMs, maxTsMs, lastId] = selectLast() ?? [
        0,
        Number.MAX_SAFE_INTEGER,
        Number.MIN_SAFE_INTEGER,
        0,
      ];
      last = { block, minTsMs, maxTsMs, lastId };
    }
    return last;
  }

  const store = ({ block, minTsMs, maxTsMs, lastId }: Block) => putBlock(block, minTsMs, maxTsMs, lastId);

  return {
    write(rows) {
      let block = lastBlock();
      const firstId = block.lastId + 1;
      for (const [place, row] of rows.entries()) {
        const entryId = firstId + place;
        entries.add(...tupleOf(entryId, row));
        insertWords(entryId, indexedEntry(row));
        if (blockOf(entryId) !== block.block) {
          store(block);
          block = { block: blockOf(entryId), minTsMs: row.tsMs, maxTsMs: row.tsMs, lastId: entryId };
        }
        block.minTsMs = Math.min(block.minTsMs, row.tsMs);
        block.maxTsMs = Math.max(block.maxTsMs, row.tsMs);
        block.lastId = entryId;
      }
      entries.flush();
      if (rows.length > 0) store(block);
      last = block;
      return firstId;
    },
    lastId: () => lastBlock().lastId,
    forget() {
      last = null;
      entries.clear();
    },
  };
}
