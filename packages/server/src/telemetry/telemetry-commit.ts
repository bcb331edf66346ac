import type { LogEntry } from "@playhead/core";
import { createGroupQueue } from "../store/group-queue.ts";
import { logEntryOf } from "../store/log-entry-of.ts";
import type { EntryRow, SampleRow, TelemetryStore, TotalsRow } from "../store/telemetry-store.ts";
import type { ObservationRow } from "./rows-of.ts";

/** Entries as they are stored, and what only we know of each. */
export interface StoredEntry {
  readonly entry: LogEntry;
  /** Where its job stood; 0 outside of any. */
  readonly seq: number;
}

/** Told of what was stored: entries, and what has none of its own. */
export type StoredListener = (
  entries: readonly StoredEntry[],
  others: { readonly totals: readonly TotalsRow[]; readonly samples: readonly SampleRow[] },
) => void;

interface Group {
  readonly entries: EntryRow[];
  /** Where the job of each entry stood. */
  readonly seqs: number[];
  readonly totals: TotalsRow[];
  readonly samples: SampleRow[];
  readonly sources: Map<string, number>;
  /** What became of it in the store; null while it is not there. */
  stored: readonly StoredEntry[] | null;
}

export interface TelemetryCommitDeps {
  readonly store: Pick<TelemetryStore, "append">;
  /** Writes entries elsewhere, too, before anyone hears that they are stored; what it throws holds nobody up. */
  readonly onEntries: (entries: readonly LogEntry[]) => Promise<void>;
  /** Says what is stored, in order. Must not throw. */
  readonly onStored: StoredListener;
  /** Told when the store refuses, with the time until the next try. */
  readonly onRetry: (error: unknown, retryInMs: number) => void;
  /** Told of what `onEntries` throws. */
  readonly onError: (error: unknown) => void;
}

/** Gathers what is observed into groups; stores each, has it written to the files, and then says it, all in order. */
export function createTelemetryCommit({ store, onEntries, onStored, onRetry, onError }: TelemetryCommitDeps) {
  const queue = createGroupQueue<Group>({
    newGroup: () => ({ entries: [], seqs: [], totals: [], samples: [], sources: new Map(), stored: null }),
    sizeOf: ({ entries, totals, samples }) => entries.length + totals.length + samples.length,
    hasWork: ({ entries, totals, samples, sources }) =>
      entries.length + totals.length + samples.length + sources.size > 0,
    async store(group) {
      const { firstEntryId } = await store.append(group);
      group.stored = withIds(group, firstEntryId);
      if (group.stored.length === 0) return;
      await onEntries(group.stored.map(({ entry }) => entry)).catch(onError);
    },
    finish: ({ stored, totals, samples }) => onStored(stored ?? [], { totals, samples }),
    onRetry,
  });

  return {
    /** Adds a row. @param seq where its job stands; 0 outside of any */
    add({ kind, row }: ObservationRow, seq: number): void {
      const group = queue.open();
      if (kind === "entry") {
        group.entries.push(row);
        group.seqs.push(seq);
      } else if (kind === "totals") group.totals.push(row);
      else group.samples.push(row);
      queue.count();
    },
    /** Notes how far a source has been taken. */
    addSource(source: string, n: number): void {
      queue.open().sources.set(source, n);
    },
    settled: queue.settled,
    schedule: queue.schedule,
    position: queue.position,
    isStored: queue.isStored,
    isRefused: queue.isRefused,
    pending: queue.pending,
    admit: queue.admit,
    drain: queue.drain,
  };
}

/** The entries of a group as the store has them: of a call that began and ended in it, only the end. */
function withIds({ entries, seqs }: Group, firstEntryId: number): readonly StoredEntry[] {
  const ended = new Set<string>();
  for (const row of entries) if (row.eventType !== "start" && row.spanId !== null) ended.add(callOf(row));
  const kept: StoredEntry[] = [];
  let nextId = firstEntryId;
  for (const [at, row] of entries.entries()) {
    const isStart = row.eventType === "start";
    if (isStart && ended.has(callOf(row))) continue;
    kept.push({ entry: logEntryOf(row, isStart ? 0 : nextId), seq: seqs[at] as number });
    if (!isStart) nextId += 1;
  }
  return kept;
}

const callOf = ({ tenantId, spanId }: EntryRow) => `${tenantId} ${spanId}`;
