import { PlayheadError } from "@playhead/core";
import type { Calendar } from "../../calendar.ts";
import { createRollupDeltas, type RollupDeltas } from "../../rollup-deltas.ts";
import { splitRunning } from "../../running-calls.ts";
import type { EntryRow, TelemetryGroup, TelemetryStore } from "../../telemetry-store.ts";
import type { FencedWrites, Term } from "../fenced-writes.ts";
import type { Session } from "../postgres-database.ts";
import { createCertainWrites } from "./certain-writes.ts";
import { prune } from "./prune.ts";
import { endRunning, writeRunning } from "./running.ts";
import { writeSamples } from "./samples.ts";
import { writeSources } from "./sources.ts";
import { createEntryWriter, type EntryBatch, makeBatch } from "./write-entries.ts";
import { createRollupWriter } from "./write-rollups.ts";

export interface TelemetryWriterDeps {
  readonly write: FencedWrites["write"];
  /** The one that `write` checks, if it does. */
  readonly term: Term | undefined;
  readonly calendar: Calendar;
  readonly nowMs: () => number;
}

/** All of the store that writes: one transaction after the other, in the order of the calls. */
export interface TelemetryWriter extends Pick<TelemetryStore, "append" | "endRunning" | "prune"> {
  /** Resolves when all that was asked for is done, or refused; of what was lost on its way to an absent database, at once. */
  close(): Promise<void>;
}

/** What a group comes to, worked out while the one before it is stored. */
interface Prepared {
  readonly batch: EntryBatch;
  readonly deltas: RollupDeltas;
}

export function createTelemetryWriter({ write, term, calendar, nowMs }: TelemetryWriterDeps): TelemetryWriter {
  const closing = new AbortController();
  const certain = createCertainWrites({ write, term, signal: closing.signal });
  const entries = createEntryWriter();
  const rollups = createRollupWriter(calendar);
  let last: Promise<unknown> = Promise.resolve();
  /** Grows with each group that was not stored: those that were called before it was known are refused with it. */
  let failures = 0;

  /** After all that was called before. */
  function inOrder<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  }

  async function transaction<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    try {
      return await certain.write(work);
    } catch (error) {
      entries.forget();
      rollups.forget();
      throw error;
    }
  }

  async function prepare(rows: readonly EntryRow[], totals: TelemetryGroup["totals"] = []): Promise<Prepared> {
    const deltas = createRollupDeltas();
    deltas.addEntries(rows);
    deltas.addTotals(totals);
    return { batch: await makeBatch(rows, nowMs()), deltas };
  }

  /** @returns the id of the first entry */
  async function store(session: Session, { batch, deltas }: Prepared): Promise<number> {
    const [firstEntryId] = await Promise.all([entries.write(session, batch), rollups.add(session, deltas.series())]);
    return firstEntryId;
  }

  return {
    append(group) {
      const seen = failures;
      const preparing = prepare(splitRunning(group.entries).kept, group.totals);
      // Whoever waits in front of it may fail first.
      preparing.catch(() => {});
      return inOrder(async () => {
        if (failures > seen) throw new PlayheadError("service_unavailable", "a group before this one was not stored");
        try {
          const prepared = await preparing;
          const firstEntryId = await transaction(async (session) => {
            const [firstId] = await Promise.all([
              store(session, prepared),
              writeRunning(session, group.entries),
              writeSamples(session, group.samples),
              writeSources(session, group.sources),
            ]);
            return firstId;
          });
          return { firstEntryId };
        } catch (error) {
          failures += 1;
          throw error;
        }
      });
    },

    endRunning: (which) =>
      inOrder(() =>
        transaction(async (session) => {
          const rows = await endRunning(session, which);
          if (rows.length > 0) await store(session, await prepare(rows));
          return rows.length;
        }),
      ),

    prune: (limits) =>
      inOrder(async () => {
        const pruned = await transaction((session) => prune(session, calendar, limits));
        // Days and names may have gone.
        entries.forget();
        rollups.forget();
        return pruned;
      }),

    async close() {
      closing.abort();
      await last;
    },
  };
}
