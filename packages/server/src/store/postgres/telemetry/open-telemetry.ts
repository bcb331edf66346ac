import { setImmediate } from "node:timers/promises";
import { type LogEntry, PlayheadError } from "@playhead/core";
import { createCalendar } from "../../calendar.ts";
import { type EntryTuple, entryJson, entryOf } from "../../entry-row.ts";
import type { TelemetryStore } from "../../telemetry-store.ts";
import { createFencedWrites, type Term } from "../fenced-writes.ts";
import type { PostgresDatabase } from "../postgres-database.ts";
import { countEntries, findEntries } from "./find-entries.ts";
import { maintain } from "./maintain.ts";
import { createRollupReader } from "./read-rollups.ts";
import { rezone } from "./rezone.ts";
import { readSamples } from "./samples.ts";
import { readSource } from "./sources.ts";
import { tailEntries } from "./tail-entries.ts";
import { createTelemetryWriter } from "./telemetry-writer.ts";

export interface PostgresTelemetryOptions {
  /** Stays open when the telemetry is closed. */
  readonly database: PostgresDatabase;
  /** IANA zone of hours, days, weeks and months. With another one than the last time, they are made anew. */
  readonly timeZone: string;
  /** Of the lease, without which nothing is written. @defaultValue nobody else writes to this database */
  readonly term?: Term;
  /** Tells which days are near. @defaultValue Date.now */
  readonly nowMs?: () => number;
}

/**
 * Opens the telemetry of a PostgreSQL.
 *
 * @throws PlayheadError as `openPostgres` does; `config_invalid` for an unknown zone
 */
export async function createPostgresTelemetry(options: PostgresTelemetryOptions): Promise<TelemetryStore> {
  const { database, timeZone, term, nowMs = Date.now } = options;
  const calendar = createCalendar(timeZone);
  const write = term === undefined ? database.transaction : createFencedWrites(database, term).write;
  await write((session) => rezone(session, calendar));

  const writer = createTelemetryWriter({ write, term, calendar, nowMs });
  const rollups = createRollupReader(database, calendar);
  const snapshot = <Result>(work: Parameters<typeof database.transaction<Result>>[0]) =>
    database.transaction(work, { isSnapshot: true });
  let closed: Promise<void> | null = null;

  /** The same, until the store is closed. */
  function open<Arguments extends unknown[], Result>(work: (...args: Arguments) => Promise<Result>) {
    return async (...args: Arguments): Promise<Result> => {
      if (closed === null) return await work(...args);
      throw new PlayheadError("service_unavailable", "the telemetry store is closed", { retryable: false });
    };
  }

  return {
    append: open(writer.append),
    readSource: open((source: string) => readSource(database, source)),
    queryEntries: open(async (query) => {
      const { rows, next } = await snapshot((session) => findEntries(session, query));
      return { entries: await toEntries(rows), next };
    }),
    readEntryLines: open(async (query) => {
      const { rows, next } = await snapshot((session) => findEntries(session, query));
      return { lines: Buffer.from(await toLines(rows)), count: rows.length, next };
    }),
    tailEntries: open(createTailReader(database).tailEntries),
    countEntries: open((filter) => snapshot((session) => countEntries(session, filter))),
    readRollups: open(rollups.readRollups),
    sumCalls: open(rollups.sumCalls),
    sumCallsBySpan: open(rollups.sumCallsBySpan),
    readMedians: open(rollups.readMedians),
    readSamples: open((query) => readSamples(database, query)),
    endRunning: open(writer.endRunning),
    prune: open(writer.prune),
    maintain: open(() => maintain(database)),
    close() {
      closed ??= writer.close();
      return closed;
    },
  };
}

/** Reads the tails of logs, and nothing else: for servers that write nothing. */
export function createTailReader(database: PostgresDatabase): Pick<TelemetryStore, "tailEntries"> {
  return {
    tailEntries: async (query) =>
      toEntries(await database.transaction((session) => tailEntries(session, query), { isSnapshot: true })),
  };
}

/** About a millisecond's work. */
const ROWS_AT_ONCE = 100;

/** Many entries are made piece by piece, so that others get their turn. */
async function toEntries(rows: readonly EntryTuple[]): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = [];
  for (const [at, row] of rows.entries()) {
    if (at > 0 && at % ROWS_AT_ONCE === 0) await setImmediate();
    // What is only parsed when somebody looks at it is looked at.
    entries.push({ ...entryOf(row) });
  }
  return entries;
}

async function toLines(rows: readonly EntryTuple[]): Promise<string> {
  const lines: string[] = [];
  for (const [at, row] of rows.entries()) {
    if (at > 0 && at % ROWS_AT_ONCE === 0) await setImmediate();
    lines.push(`${entryJson(row)}\n`);
  }
  return lines.join("");
}
