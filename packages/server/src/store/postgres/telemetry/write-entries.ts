import { setImmediate } from "node:timers/promises";
import { tupleOf } from "../../entry-row.ts";
import type { EntryRow } from "../../telemetry-store.ts";
import type { Session, Statement } from "../postgres-database.ts";
import { columnValues, INSERTED_COLUMNS, INSERTED_TYPES } from "./entry-columns.ts";
import { createDay, dayOf, readDays, STRAY_DAY } from "./entry-days.ts";
import { indexedWords } from "./index-words.ts";
import { readMeta } from "./meta.ts";

/** Entries as one statement takes them: an array for each column. */
export interface EntryBatch {
  readonly size: number;
  readonly days: readonly number[];
  readonly columns: readonly (readonly (string | number | null)[])[];
  readonly words: readonly string[];
}

/** About a millisecond's work. */
const ROWS_AT_ONCE = 64;

/** Makes a batch of entries, piece by piece, so that others get their turn. */
export async function makeBatch(rows: readonly EntryRow[], nowMs: number): Promise<EntryBatch> {
  const days: number[] = [];
  const columns: (string | number | null)[][] = INSERTED_COLUMNS.map(() => []);
  const words: string[] = [];
  for (const [place, row] of rows.entries()) {
    if (place > 0 && place % ROWS_AT_ONCE === 0) await setImmediate();
    days.push(dayOf(row.tsMs, nowMs));
    // The id comes from the database.
    const [, ...values] = columnValues(tupleOf(0, row));
    for (const [at, value] of values.entries()) (columns[at] as (string | number | null)[]).push(value);
    words.push(indexedWords(row));
  }
  return { size: rows.length, days, columns, words };
}

/** Appends entries. */
export interface EntryWriter {
  /**
   * Within a transaction, whose writers take turns by it: ids grow in the order of the commits.
   * @returns the id of the first; the others count on from it
   */
  write(session: Session, batch: EntryBatch): Promise<number>;
  /** To be called when a transaction failed, or others changed days: what is known is read anew. */
  forget(): void;
}

const TIME = INSERTED_COLUMNS.indexOf("ts_ms");

const TAKE_IDS: Statement = {
  name: "take_entry_ids",
  text: "UPDATE playhead.telemetry SET last_entry_id = last_entry_id + $1 RETURNING last_entry_id AS last",
};
const NOTE_DAYS: Statement = {
  name: "note_entry_days",
  text: `
    INSERT INTO playhead.entry_days AS days (day, first_id, last_id, entry_count)
    SELECT day, last_entry_id - $1::bigint + min(place), last_entry_id - $1::bigint + max(place), count(*)
    FROM playhead.telemetry, unnest($2::int[]) WITH ORDINALITY AS new (day, place) GROUP BY day, last_entry_id
    ON CONFLICT (day) DO UPDATE SET last_id = excluded.last_id, entry_count = days.entry_count + excluded.entry_count`,
};
const INSERT: Statement = {
  name: "insert_entries",
  text: `
    INSERT INTO playhead.entries (day, words, entry_id, ${INSERTED_COLUMNS.join(", ")})
    SELECT day, array_to_tsvector(string_to_array(words, ' ')), last_entry_id - $1::bigint + place,
      ${INSERTED_COLUMNS.join(", ")}
    FROM playhead.telemetry,
      unnest($2::int[], $3::text[], ${INSERTED_TYPES.map((type, at) => `$${at + 4}::${type}[]`).join(", ")})
        WITH ORDINALITY AS new (day, words, ${INSERTED_COLUMNS.join(", ")}, place)`,
};

/** Where entries belong at the moment. */
interface Known {
  /** Those that have a part. */
  readonly days: Set<number>;
  /** What is older has no day any more. */
  readonly entriesFromMs: number;
}

/** Remembers which days have a part: only who writes changes that, and writers take turns. */
export function createEntryWriter(): EntryWriter {
  let known: Known | null = null;

  async function readKnown(session: Session): Promise<Known> {
    const [{ entriesFromMs }, days] = await Promise.all([readMeta(session), readDays(session)]);
    return { entriesFromMs, days: new Set(days.map(({ day }) => day)) };
  }

  return {
    async write(session, { size, days, words, columns }) {
      const taken = session.query<{ last: number }>(TAKE_IDS, [size]);
      if (size > 0) {
        if (known === null) [known] = await Promise.all([readKnown(session), taken]);
        const { entriesFromMs } = known;
        const times = columns[TIME] as readonly number[];
        const own = days.map((day, at) => ((times[at] as number) < entriesFromMs ? STRAY_DAY : day));
        for (const day of new Set(own)) {
          if (!known.days.has(day)) await Promise.all([createDay(session, day), taken]);
          known.days.add(day);
        }
        await Promise.all([
          taken,
          session.query(NOTE_DAYS, [size, own]),
          session.query(INSERT, [size, own, words, ...columns]),
        ]);
      }
      const { rows } = await taken;
      return (rows[0] as { last: number }).last - size + 1;
    },
    forget() {
      known = null;
    },
  };
}
