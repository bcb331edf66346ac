import type { DatabaseSync } from "node:sqlite";
import type { LogFilter } from "@playhead/core";
import { createLogMatcher } from "../../log-filter.ts";
import type { EntriesQuery, EntryCursor, TailQuery } from "../../telemetry-store.ts";
import { prepareRow, prepareRows } from "../connection.ts";
import { type BlockIndex, type BlockRuns, blocksOf } from "./blocks.ts";
import { ENTRY_COLUMNS, type EntryTuple, entryOf } from "./entry-row.ts";
import { indexQueryOf } from "./entry-tokens.ts";
import { prepareReadMeta } from "./meta.ts";
import type { RunningReader } from "./running.ts";

/** Finds entries: by their words and tokens which ones, by their blocks when. */
export interface EntryFinder {
  find(query: EntriesQuery): { readonly rows: readonly EntryTuple[]; readonly next: EntryCursor | null };
  tail(query: TailQuery): readonly EntryTuple[];
  /** Counts some blocks from one on. @returns the next block to go on from; null at the end */
  count(filter: LogFilter, fromBlock: number): { readonly count: number; readonly next: number | null };
}

/** A place in the order of time; and what stands there, once it was read. */
interface Candidate {
  readonly tsMs: number;
  readonly id: number;
  row?: EntryTuple;
}

const ALL_TIME = { fromMs: Number.MIN_SAFE_INTEGER, toMs: Number.MAX_SAFE_INTEGER };
/** Less than what took no time, or is no call. */
const ANY_DURATION = -1;
/** Numbers are bound as reals, and for an end that is no integer a text index walks through all it has. */
const WITHIN = "BETWEEN CAST(? AS INTEGER) AND CAST(? AS INTEGER)";
/** Each step looks into at most so many times as many blocks as the one before. */
const GROWTH = 4;
/** Blocks between others are looked into along with them where there are no more than this. */
const MAX_GAP = 16;
const MAX_TAIL_CHUNK = 4_096;
/** About 20 ms of counting. */
const BLOCKS_PER_COUNT = 256;

/** Prepares the queries on a reading connection; each is to be asked within a transaction, with the blocks up to date. */
export function createEntryFinder(db: DatabaseSync, blocks: BlockIndex, running: RunningReader): EntryFinder {
  const { idsOf, size: blockSize } = blocksOf(prepareReadMeta(db)("block_size"));
  const found = `words CROSS JOIN entries ON entry_id = words.rowid WHERE words MATCH ? AND words.rowid ${WITHIN}`;
  const selectTimes = prepareRows<[number, number]>(
    db,
    `SELECT entry_id, ts_ms FROM ${found} AND ts_ms >= ? AND ts_ms < ? AND coalesce(duration_ms, 0) > ?`,
  );
  const columns = ENTRY_COLUMNS.join(", ");
  const selectRow = prepareRow<EntryTuple>(db, `SELECT ${columns} FROM entries WHERE entry_id = ?`);
  const selectRows = prepareRows<EntryTuple>(db, `SELECT ${columns} FROM ${found} AND ts_ms >= ? AND ts_ms < ?`);
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
    const isDown = order === "desc";
    const compare = (a: Candidate, b: Candidate) =>
      isDown ? b.tsMs - a.tsMs || b.id - a.id : a.tsMs - b.tsMs || a.id - b.id;
    const start = after && { tsMs: after.tsMs, id: after.entryId };
    let { fromMs, toMs } = range;
    if (start !== undefined && isDown) toMs = Math.min(toMs, start.tsMs + 1);
    if (start !== undefined && !isDown) fromMs = Math.max(fromMs, start.tsMs);
    const isAfterStart = (candidate: Candidate) => start === undefined || compare(start, candidate) < 0;

    /** In order; all that has been looked at and may be on the page, one more than fits. */
    let page: Candidate[] = running.find(filter, fromMs, toMs).map((row) => ({ tsMs: row[1], id: row[0], row }));
    const isFull = () => page.length > limit;

    function take(candidates: readonly Candidate[]): void {
      const all = [...page, ...candidates].filter(isAfterStart).sort(compare);
      page = [];
      for (const candidate of all) {
        if (candidate.row === undefined) {
          const row = selectRow(candidate.id);
          if (row === undefined || !matches(entryOf(row))) continue;
          candidate.row = row;
        }
        page.push(candidate);
        if (isFull()) break;
      }
    }

    function look(runs: BlockRuns): void {
      const candidates: Candidate[] = [];
      for (const { first, last } of runs) {
        const ids = idsOf(first, last);
        for (const [id, tsMs] of selectTimes(match, ids.from, ids.to, fromMs, toMs, over))
          candidates.push({ tsMs, id });
      }
      take(candidates);
    }

    /** As many blocks as should fill the page, going by those seen; of a full page the next one, which may reach into it. */
    function nextStep(size: number): number {
      if (isFull()) return 1;
      const needed = (limit + 1 - page.length) / (page.length / seen.size);
      return Math.max(1, Math.ceil(Math.min(needed, size * GROWTH)));
    }

    take([]);
    const seen = new Set<number>();
    let step: number[] = [];
    let stepSize = Math.ceil((limit + 1) / blockSize);
    for (const { block, edgeMs } of blocks.visit(order, fromMs, toMs)) {
      const worst = isFull() ? (page.at(-1) as Candidate).tsMs : null;
      // What follows can hold nothing better.
      if (worst !== null && (isDown ? edgeMs < worst : edgeMs > worst)) break;
      if (seen.has(block)) continue;
      step.push(block);
      if (step.length < stepSize) continue;
      // Nothing worse than what is there is of use.
      if (worst !== null && isDown) fromMs = Math.max(fromMs, worst);
      if (worst !== null && !isDown) toMs = Math.min(toMs, worst + 1);
      look(runsOf(step, seen));
      step = [];
      stepSize = nextStep(stepSize);
    }
    if (step.length > 0) look(runsOf(step, seen));

    const rows = page.slice(0, limit).map(({ row }) => row as EntryTuple);
    const end = page[limit - 1];
    return { rows, next: isFull() && end !== undefined ? { tsMs: end.tsMs, entryId: end.id } : null };
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
    const { match, isExact } = indexQuery;
    const matches = createLogMatcher(filter);
    const { fromMs, toMs } = filter.range ?? ALL_TIME;
    const isFirst = fromBlock === 0;
    let total = isFirst ? running.find(filter, fromMs, toMs).length : 0;
    const toBlock = fromBlock + BLOCKS_PER_COUNT - 1;
    const cut = (runs: BlockRuns) =>
      runs
        .map(({ first, last }) => ({ first: Math.max(first, fromBlock), last: Math.min(last, toBlock) }))
        .filter(({ first, last }) => first <= last);

    for (const { first, last } of cut(blocks.runs(fromMs, toMs, isExact ? "whole" : undefined))) {
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
    const lastRun = blocks.runs(fromMs, toMs).at(-1);
    return { count: total, next: lastRun !== undefined && lastRun.last > toBlock ? toBlock + 1 : null };
  }

  return { find, tail, count };
}

/** Puts blocks together that lie near each other, and notes them and what lies between as seen. */
function runsOf(blocks: readonly number[], seen: Set<number>): BlockRuns {
  const runs: { first: number; last: number }[] = [];
  for (const block of blocks.toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && block - run.last <= MAX_GAP && !hasSeen(seen, run.last + 1, block)) run.last = block;
    else runs.push({ first: block, last: block });
  }
  for (const { first, last } of runs) for (let block = first; block <= last; block++) seen.add(block);
  return runs;
}

function hasSeen(seen: ReadonlySet<number>, from: number, to: number): boolean {
  for (let block = from; block < to; block++) if (seen.has(block)) return true;
  return false;
}
