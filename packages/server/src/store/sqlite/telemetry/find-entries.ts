import type { DatabaseSync } from "node:sqlite";
import type { LogFilter } from "@playhead/core";
import { ENTRY_COLUMNS, type EntryTuple, entryJson, entryOf } from "../../entry-row.ts";
import { createLogMatcher } from "../../log-filter.ts";
import type { EntriesQuery, EntryCursor, EntryLines, TailQuery } from "../../telemetry-store.ts";
import { prepareRow, prepareRows } from "../connection.ts";
import { type BlockIndex, type BlockRuns, blocksOf } from "./blocks.ts";
import { prepareReadLines, prepareSelectExact } from "./entry-lines.ts";
import { indexQueryOf } from "./index-text.ts";
import { prepareReadMeta } from "./meta.ts";
import type { RunningReader } from "./running.ts";
import { walkByTime } from "./walk-blocks.ts";

/** Finds entries: by their words and tokens which ones, by their blocks when. */
export interface EntryFinder {
  find(query: EntriesQuery): { readonly rows: readonly EntryTuple[]; readonly next: EntryCursor | null };
  /** The same as lines of JSON, each ended. */
  lines(query: EntriesQuery): EntryLines;
  tail(query: TailQuery): readonly EntryTuple[];
  /** Counts some blocks from one on. @returns the next block to go on from; null at the end */
  count(filter: LogFilter, fromBlock: number): { readonly count: number; readonly next: number | null };
}

const ALL_TIME = { fromMs: Number.MIN_SAFE_INTEGER, toMs: Number.MAX_SAFE_INTEGER };
/** Less than what took no time, or is no call. */
const ANY_DURATION = -1;
/** Numbers are bound as reals, and for an end that is no integer a text index walks through all it has. */
const WITHIN = "BETWEEN CAST(? AS INTEGER) AND CAST(? AS INTEGER)";
const MAX_TAIL_CHUNK = 4_096;
/** About 20 ms of counting. */
const BLOCKS_PER_COUNT = 256;

/** Prepares the queries on a reading connection; each is to be asked within a transaction, with the blocks up to date. */
export function createEntryFinder(db: DatabaseSync, blocks: BlockIndex, running: RunningReader): EntryFinder {
  const sizes = blocksOf(prepareReadMeta(db)("block_size"));
  const { idsOf } = sizes;
  const found = `words CROSS JOIN entries ON entry_id = words.rowid WHERE words MATCH ? AND words.rowid ${WITHIN}`;
  const selectTimes = prepareRows<[number, number]>(
    db,
    `SELECT entry_id, ts_ms FROM ${found} AND ts_ms >= ? AND ts_ms < ? AND coalesce(duration_ms, 0) > ?`,
  );
  const columns = ENTRY_COLUMNS.join(", ");
  const selectRow = prepareRow<EntryTuple>(db, `SELECT ${columns} FROM entries WHERE entry_id = ?`);
  const selectRows = prepareRows<EntryTuple>(db, `SELECT ${columns} FROM ${found} AND ts_ms >= ? AND ts_ms < ?`);
  const selectExact = prepareSelectExact(db, found);
  const readLines = prepareReadLines(db);
  const inWords = `SELECT rowid FROM words WHERE words MATCH ? AND rowid ${WITHIN} ORDER BY rowid`;
  const selectIdsUp = prepareRows<[number]>(db, `${inWords} LIMIT ?`);
  const selectIdsDown = prepareRows<[number]>(db, `${inWords} DESC LIMIT ?`);
  const countWords = prepareRow<[number]>(db, `SELECT count(*) FROM words WHERE words MATCH ? AND rowid ${WITHIN}`);

  function find({ order, limit, after, ...filter }: EntriesQuery): ReturnType<EntryFinder["find"]> {
    const indexQuery = indexQueryOf(filter);
    if (indexQuery === null || limit < 1) return { rows: [], next: null };
    const { match } = indexQuery;
    // Times are seen to here.
    const { range = ALL_TIME, ...attributes } = filter;
    const matches = createLogMatcher(attributes);
    const over = filter.duration_over ?? ANY_DURATION;
    return walkByTime<EntryTuple>(blocks, sizes, {
      ...{ order, limit, range, ...(after && { after }) },
      known: running.find(filter, range.fromMs, range.toMs).map((row) => ({ tsMs: row[1], id: row[0], row })),
      look: ({ from, to }, fromMs, toMs) =>
        selectTimes(match, from, to, fromMs, toMs, over).map(([id, tsMs]) => ({ tsMs, id })),
      read(id) {
        const row = selectRow(id);
        return row !== undefined && matches(entryOf(row)) ? row : null;
      },
    });
  }

  function lines(query: EntriesQuery): EntryLines {
    const { rows, next } = findLines(query);
    return { lines: inOneText(rows), count: rows.length, next };
  }

  /** Lines that were at hand, and the ids of entries whose lines are still to be read. */
  function findLines(query: EntriesQuery): { rows: readonly (string | number)[]; next: EntryCursor | null } {
    const { order, limit, after, ...filter } = query;
    const indexQuery = indexQueryOf(filter);
    if (indexQuery === null || limit < 1) return { rows: [], next: null };
    if (!indexQuery.isExact) {
      const { rows, next } = find(query);
      return { rows: rows.map(lineOf), next };
    }
    const { range = ALL_TIME } = filter;
    const under = running.find(filter, range.fromMs, range.toMs);
    return walkByTime<string | number>(blocks, sizes, {
      ...{ order, limit, range, ...(after && { after }) },
      known: under.map((row) => ({ tsMs: row[1], id: row[0], row: lineOf(row) })),
      look: (ids, fromMs, toMs) =>
        selectExact(filter, indexQuery.match, ids, fromMs, toMs).map(([id, tsMs]) => ({ tsMs, id, row: id })),
      read: () => null,
    });
  }

  function inOneText(rows: readonly (string | number)[]): Uint8Array {
    const parts: Uint8Array[] = [];
    let ids: number[] = [];
    const readIds = () => {
      if (ids.length > 0) parts.push(readLines(ids));
      ids = [];
    };
    for (const row of rows) {
      if (typeof row === "number") ids.push(row);
      else {
        readIds();
        parts.push(Buffer.from(row));
      }
    }
    readIds();
    return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
  }

  function tail({ after = 0, before, limit, ...filter }: TailQuery): readonly EntryTuple[] {
    const indexQuery = indexQueryOf(filter);
    if (indexQuery === null) return [];
    const matches = createLogMatcher(filter);
    const rows: EntryTuple[] = [];
    let from = after + 1;
    let to = (before ?? Number.MAX_SAFE_INTEGER) - 1;
    for (let chunk = limit; rows.length < limit; chunk = Math.min(chunk * 2, MAX_TAIL_CHUNK)) {
      const ids = (before === undefined ? selectIdsUp : selectIdsDown)(indexQuery.match, from, to, chunk);
      for (const [id] of ids) {
        const row = selectRow(id);
        if (rows.length < limit && row !== undefined && matches(entryOf(row))) rows.push(row);
      }
      if (ids.length < chunk) break;
      const [end] = ids.at(-1) as [number];
      if (before === undefined) from = end + 1;
      else to = end - 1;
    }
    return before === undefined ? rows : rows.reverse();
  }

  function count(filter: LogFilter, fromBlock: number): ReturnType<EntryFinder["count"]> {
    const indexQuery = indexQueryOf(filter);
    if (indexQuery === null) return { count: 0, next: null };
    const { match } = indexQuery;
    const isExact = indexQuery.isExact && filter.duration_over === undefined;
    const matches = createLogMatcher(filter);
    const { fromMs, toMs } = filter.range ?? ALL_TIME;
    const isFirst = fromBlock === 0;
    let total = isFirst ? running.find(filter, fromMs, toMs).length : 0;
    const lying = blocks.runs(fromMs, toMs);
    const toBlock = Math.max(fromBlock, lying[0]?.first ?? 0) + BLOCKS_PER_COUNT - 1;
    const cut = (runs: BlockRuns) =>
      runs
        .map(({ first, last }) => ({ first: Math.max(first, fromBlock), last: Math.min(last, toBlock) }))
        .filter(({ first, last }) => first <= last);

    for (const { first, last } of cut(isExact ? blocks.runs(fromMs, toMs, "whole") : lying)) {
      const { from, to } = idsOf(first, last);
      if (isExact) total += countWords(match, from, to)?.[0] ?? 0;
      else for (const row of selectRows(match, from, to, fromMs, toMs)) total += matches(entryOf(row)) ? 1 : 0;
    }
    if (isExact) {
      for (const { first, last } of cut(blocks.runs(fromMs, toMs, "part"))) {
        const { from, to } = idsOf(first, last);
        total += selectTimes(match, from, to, fromMs, toMs, ANY_DURATION).length;
      }
    }
    return { count: total, next: (lying.at(-1)?.last ?? 0) > toBlock ? toBlock + 1 : null };
  }

  return { find, lines, tail, count };
}

const lineOf = (row: EntryTuple) => `${entryJson(row)}\n`;
