import type { DatabaseSync } from "node:sqlite";
import { ENTRY_COLUMNS, tupleOf } from "../../entry-row.ts";
import type { EntryRow } from "../../telemetry-store.ts";
import { createBulkInsert } from "../bulk-insert.ts";
import { prepareChange, prepareRow } from "../connection.ts";
import { blocksOf } from "./blocks.ts";
import { indexedEntry } from "./index-text.ts";
import { prepareReadMeta } from "./meta.ts";

/** Appends entries, with what finds them again: their words, and the times of their blocks. */
export interface EntryWriter {
  /** Within a transaction. @returns the id of the first; the others count on from it */
  write(rows: readonly EntryRow[]): number;
  /** Writes entries that have ids already, behind all that are there, by growing ids. Within a transaction. */
  writeBack(rows: readonly (readonly [entryId: number, row: EntryRow])[]): void;
  /** The next entry gets an id beyond this one, whatever has become of those before. Within a transaction. */
  skipTo(lastId: number): void;
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

  /** @returns the block that the entry is in; the one before it is stored when it is another */
  function add(block: Block, entryId: number, row: EntryRow): Block {
    entries.add(...tupleOf(entryId, row));
    insertWords(entryId, indexedEntry(row));
    const { tsMs } = row;
    if (blockOf(entryId) !== block.block) {
      if (block.lastId > 0) store(block);
      return { block: blockOf(entryId), minTsMs: tsMs, maxTsMs: tsMs, lastId: entryId };
    }
    block.minTsMs = Math.min(block.minTsMs, tsMs);
    block.maxTsMs = Math.max(block.maxTsMs, tsMs);
    block.lastId = entryId;
    return block;
  }

  function end(block: Block): void {
    entries.flush();
    if (block.lastId > 0) store(block);
    last = block;
  }

  return {
    write(rows) {
      let block = lastBlock();
      const firstId = block.lastId + 1;
      for (const [place, row] of rows.entries()) block = add(block, firstId + place, row);
      if (rows.length > 0) end(block);
      return firstId;
    },
    writeBack(rows) {
      let block = lastBlock();
      for (const [entryId, row] of rows) block = add(block, entryId, row);
      end(block);
    },
    skipTo(lastId) {
      const block = lastBlock();
      block.lastId = Math.max(block.lastId, lastId);
      end(block);
    },
    lastId: () => lastBlock().lastId,
    forget() {
      last = null;
      entries.clear();
    },
  };
}
