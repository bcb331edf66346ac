import type { LogFilter } from "@playhead/core";
import { createCalendar } from "../../calendar.ts";
import { type EntryTuple, entryJson } from "../../entry-row.ts";
import type { EntriesQuery, EntryCursor, EntryLines, TailQuery, TelemetryStore } from "../../telemetry-store.ts";
import { inTransaction, openForReading, prepareRow, prepareRows } from "../connection.ts";
import { asStoreError } from "../store-error.ts";
import { createBlockIndex } from "./blocks.ts";
import { createEntryFinder, type EntryFinder } from "./find-entries.ts";
import { createRollupReader, type RollupReader } from "./read-rollups.ts";
import { createRunningReader } from "./running.ts";

export interface TelemetryReaderOptions {
  readonly file: string;
  /** The one that the writer has, too. */
  readonly timeZone: string;
}

/** Entries as arrays of JSON, a few to each, so that who parses them can let others have their turn. */
export type EntryTexts = readonly string[];

/** What the reader's thread can be asked. */
export interface TelemetryReaderService extends RollupReader {
  readSource(source: string): number;
  queryEntries(query: EntriesQuery): { readonly texts: EntryTexts; readonly next: EntryCursor | null };
  readEntryLines(query: EntriesQuery): EntryLines;
  tailEntries(query: TailQuery): EntryTexts;
  countEntries(filter: LogFilter, fromBlock: number): ReturnType<EntryFinder["count"]>;
  /** An array of objects, as JSON. */
  readSamples(query: Parameters<TelemetryStore["readSamples"]>[0]): string;
  close(): void;
}

/** About a millisecond's parsing. */
const ENTRIES_PER_TEXT = 100;

/** Opens a connection of its own to a database that the writer has open. @throws PlayheadError `data_…` */
export function openTelemetryReader({ file, timeZone }: TelemetryReaderOptions): TelemetryReaderService {
  try {
    const db = openForReading(file);
    const blocks = createBlockIndex(db);
    const finder = createEntryFinder(db, blocks, createRunningReader(db));
    const rollups = createRollupReader(db, createCalendar(timeZone));
    const selectSource = prepareRow<[number]>(db, "SELECT n FROM sources WHERE source = ?");
    const selectSamples = prepareRows<[number, string, string]>(
      db,
      `SELECT ts_ms, source, sample FROM samples WHERE tenant_id = ? AND ts_ms >= ? AND ts_ms < ?
       ORDER BY ts_ms, sample_id LIMIT ?`,
    );

    /** One state of the database for a question, and the blocks of that state. */
    function read<Result>(work: () => Result): Result {
      return inTransaction(db, "BEGIN", () => {
        blocks.refresh();
        return work();
      });
    }

    return {
      readSource: (source) => selectSource(source)?.[0] ?? 0,
      queryEntries: (query) => {
        const { rows, next } = read(() => finder.find(query));
        return { texts: toTexts(rows), next };
      },
      readEntryLines: (query) => read(() => finder.lines(query)),
      tailEntries: (query) => toTexts(read(() => finder.tail(query))),
      countEntries: (filter, fromBlock) => read(() => finder.count(filter, fromBlock)),
      readRollups: (query) => read(() => rollups.readRollups(query)),
      sumCalls: (query) => read(() => rollups.sumCalls(query)),
      sumCallsBySpan: (query) => read(() => rollups.sumCallsBySpan(query)),
      readMedians: (query) => read(() => rollups.readMedians(query)),
      readSamples: ({ tenantId, range, limit }) => {
        const rows = selectSamples(tenantId, range.fromMs, range.toMs, limit);
        return `[${rows.map(([tsMs, source, sample]) => sampleJson(tsMs, source, sample)).join(",")}]`;
      },
      close: () => db.close(),
    };
  } catch (error) {
    throw asStoreError(error, file);
  }
}

function toTexts(rows: readonly EntryTuple[]): EntryTexts {
  const texts: string[] = [];
  for (let at = 0; at < rows.length; at += ENTRIES_PER_TEXT) {
    texts.push(
      `[${rows
        .slice(at, at + ENTRIES_PER_TEXT)
        .map(entryJson)
        .join(",")}]`,
    );
  }
  return texts;
}

function sampleJson(tsMs: number, source: string, sample: string): string {
  return JSON.stringify({ ...JSON.parse(sample), ts: new Date(tsMs).toISOString(), source });
}
