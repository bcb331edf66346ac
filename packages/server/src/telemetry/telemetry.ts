import {
  type BatchAck,
  type LogEntry,
  type ObservationRecord,
  PlayheadError,
  type RefusedRecord,
  toErrorBody,
} from "@playhead/core";
import type { Publication } from "../bus/bus.ts";
import { createSourcePositions } from "../store/source-positions.ts";
import type { TelemetryStore } from "../store/telemetry-store.ts";
import { publishLine } from "./publish-line.ts";
import { type ObservationRow, rowOf } from "./rows-of.ts";
import { createTelemetryCommit, type StoredListener } from "./telemetry-commit.ts";

/** What is to be known of a job that an observation names. */
export interface ObservedJob {
  readonly traceId: string;
  /** Where it stands. */
  readonly seq: number;
}

export interface TelemetryDeps {
  readonly store: Pick<TelemetryStore, "append" | "readSource">;
  /** The tenant's job, of which somebody has something to tell; null for none, and for another tenant's. */
  readonly findJob: (tenantId: string, jobId: string) => Promise<ObservedJob | null>;
  /** Says lines of jobs' logs to their viewers. */
  readonly publish: (publications: readonly Publication[]) => void;
  /** Writes entries to files, too. */
  readonly onEntries: (entries: readonly LogEntry[]) => Promise<void>;
  /** Told when the store refuses a group, with the time until it is tried again. */
  readonly onRetry: (error: unknown, retryInMs: number) => void;
  /** Told when entries could not be written to files. */
  readonly onError: (error: unknown) => void;
}

/** What one source reports in one go, in order. */
export interface ObservationBatch {
  /** Names the source among all others, of whatever tenant. */
  readonly source: string;
  readonly records: readonly ObservationRecord[];
}

/** A job of no observation: those outside of any. */
const NO_JOB: ObservedJob = { traceId: "", seq: 0 };
/** The server's own lines wait for the store up to this many; the rest is left out, since nobody sends it again. */
const MAX_OWN_PENDING = 10_000;
const DRAIN_LIMIT_MS = 10_000;

/**
 * Takes what is observed beside events: drops what a source has sent already, looks whether the jobs that it names are
 * the reporter's, stores a group of them, and only then answers and publishes.
 */
export function createTelemetry({ store, findJob, publish, onEntries, onRetry, onError }: TelemetryDeps) {
  const listeners = new Set<StoredListener>();
  const commit = createTelemetryCommit({ store, onEntries, onStored, onRetry, onError });
  const sources = createSourcePositions({ store, moment: commit.position, isStored: commit.isStored });
  /** Batches are taken one after the other, so that a source's order holds though jobs may have to be looked up. */
  let turn: Promise<unknown> = Promise.resolve();
  let isClosing = false;

  function onStored(...[entries, others]: Parameters<StoredListener>): void {
    const lines = entries.map(({ entry, seq }) => publishLine(entry, seq)).filter((line) => line !== null);
    if (lines.length > 0) publish(lines);
    for (const tell of listeners) tell(entries, others);
  }

  async function begin(batch: ObservationBatch, tenantId: string) {
    if (isClosing) {
      throw new PlayheadError("service_unavailable", "the server is shutting down; nothing of this batch was taken");
    }
    const taken = commit.admit(batch.records.length);
    const mine = turn.then(() => take(batch, tenantId)).finally(taken);
    turn = mine.catch(() => undefined);
    return mine;
  }

  async function take({ source, records }: ObservationBatch, tenantId: string) {
    let position = await sources.positionOf(source);
    // Looked up before anything is taken: rows and the source's position belong into one group.
    const jobs = await jobsOf(records, position, tenantId);
    let accepted = 0;
    const refused: RefusedRecord[] = [];
    for (const record of records) {
      const { n, job_id: jobId } = record;
      if (n <= position) {
        accepted += 1;
        continue;
      }
      position = n;
      const job = jobId === undefined ? NO_JOB : (jobs.get(jobId) ?? null);
      if (job === null) {
        refused.push({ n, ...toErrorBody(new PlayheadError("not_found", `there is no job ${jobId}`)) });
        continue;
      }
      commit.add(rowOf(record, { tenantId, source, traceId: job.traceId || null }), job.seq);
      accepted += 1;
    }
    if (records.length > 0) {
      commit.addSource(source, position);
      sources.advance(source, position);
    }
    commit.schedule();
    return { answer: { accepted, refused, followed: false } satisfies BatchAck, stored: commit.settled() };
  }

  async function jobsOf(records: readonly ObservationRecord[], position: number, tenantId: string) {
    const jobs = new Map<string, ObservedJob | null>();
    for (const { n, job_id: jobId } of records) {
      if (jobId === undefined || n <= position || jobs.has(jobId)) continue;
      jobs.set(jobId, await lookUp(tenantId, jobId));
    }
    return jobs;
  }

  /** A job that cannot be read is no reason to refuse what was observed of it for good. */
  async function lookUp(tenantId: string, jobId: string): Promise<ObservedJob | null> {
    try {
      return await findJob(tenantId, jobId);
    } catch (cause) {
      throw new PlayheadError("service_unavailable", `job ${jobId} cannot be read from the store at the moment`, {
        hint: "send the same batch again a little later",
        cause,
      });
    }
  }

  return {
    /**
     * Takes a batch of parsed observations; resolves as soon as all of it is taken. `stored` resolves when it is stored.
     *
     * @throws PlayheadError `service_unavailable` when the store cannot keep up or the server shuts down.
     */
    begin,
    /** Adds something of the server's own; it is left out while very many wait. */
    note(row: ObservationRow): void {
      if (isClosing || commit.pending() > MAX_OWN_PENDING) return;
      commit.add(row, 0);
      commit.schedule();
    },
    /** Calls the listener with each group once it is stored. @returns ends it */
    onStored(listener: StoredListener): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Resolves when all that was taken so far is stored. */
    settled: commit.settled,
    /** Whether the store refuses at the moment. */
    isStuck: commit.isRefused,
    /** Records that are not stored yet. */
    pending: commit.pending,
    /** Takes nothing more, and stores what is at hand. @returns whether all of it could be stored in time */
    async close(limitMs: number = DRAIN_LIMIT_MS): Promise<boolean> {
      isClosing = true;
      await turn;
      return commit.drain(limitMs);
    },
  };
}
