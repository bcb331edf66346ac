import { setTimeout as wait } from "node:timers/promises";
import type { Job, LogEntry } from "@playhead/core";
import type { AlertStore } from "../../store/alert-store.ts";
import type { Store } from "../../store/store.ts";
import type { Encoder, Signal } from "./encode.ts";
import { type JobTraceDeps, jobTrace, type TracePart } from "./job-trace.ts";
import { createLateEntries } from "./late-entries.ts";
import { isSampled } from "./sampling.ts";
import type { Sender } from "./sender.ts";

export interface ExporterDeps extends JobTraceDeps {
  readonly store: Pick<Store, "readJob" | "readDocument" | "putDocument"> &
    Pick<AlertStore, "readFactLog" | "readFactLogEnd">;
  readonly ownTenantId: string;
  readonly encoder: Encoder;
  readonly sender: Sender;
  readonly signals: ReadonlySet<Signal>;
  /** 0..1 */
  readonly sampleRatio: number;
  readonly nowMs: () => number;
  /** Told of what was left out, and why. */
  readonly onDropped: (message: string, count: number) => void;
  readonly onError: (error: unknown) => void;
}

/** How the export stands. */
export interface ExportStatus {
  readonly sent: Readonly<Record<Signal, number>>;
  /** What nobody will get any more. */
  readonly dropped: Readonly<Record<Signal, number>>;
  /** Since when something waits that could not be sent; 0 while all is well. */
  readonly behindMs: number;
  /** Why, in words; null while all is well. */
  readonly failing: string | null;
}

const COLLECTION = "otlp_export";
const POSITION = "position";
const FACTS = 1_000;
/** What was observed of a job is stored beside its events, and may come a moment after the word that it has ended. */
const SETTLE_MS = 1_000;
const POLL_MS = 30_000;
const RETRY_MS = 5_000;
const ENDS: ReadonlySet<string> = new Set(["job.completed", "job.canceled", "job.failed"]);

/**
 * Sends each job that ends as a trace with its log, in the order of the log of facts. That log is the queue: how far it
 * has come is stored when the receiver has taken it, so nothing waits in memory, and a restart goes on from there. What
 * was under way then is sent again, with the same ids.
 */
export function createExporter(deps: ExporterDeps) {
  const { store, ownTenantId, encoder, sender, signals, sampleRatio, nowMs, onDropped, onError } = deps;
  const sent: Record<Signal, number> = { traces: 0, logs: 0, metrics: 0 };
  const dropped: Record<Signal, number> = { traces: 0, logs: 0, metrics: 0 };
  const closing = new AbortController();
  const late = createLateEntries();
  /** The last fact of which all is done; before the start none. */
  let position = -1;
  let behindSinceMs: number | null = null;
  let wake = Promise.withResolvers<void>();
  let running: Promise<void> | null = null;

  const pause = (ms: number) => wait(ms, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);

  async function save(factId: number): Promise<void> {
    if (factId === position) return;
    position = factId;
    const body = { fact_id: factId };
    await store.putDocument({ collection: COLLECTION, id: POSITION, tenantId: ownTenantId, body, expiresMs: null });
  }

  /** @returns whether there is more to read at once */
  async function step(): Promise<boolean> {
    const facts = await store.readFactLog(position, FACTS);
    const isAll = facts.length < FACTS;
    const ended = facts.filter(({ event }) => ENDS.has(event.type) && isSampled(event.correlation_id, sampleRatio));
    if (ended.length > 0 && isAll) await pause(SETTLE_MS);
    for (const { factId, event } of ended) {
      if (closing.signal.aborted) return false;
      behindSinceMs ??= nowMs();
      if (!(await exportJob(event.job_id))) return false;
      behindSinceMs = null;
      await save(factId);
    }
    await save(facts.at(-1)?.factId ?? position);
    return !isAll;
  }

  /** @returns whether it is done with: taken, or of no use to try again */
  async function exportJob(jobId: string): Promise<boolean> {
    const job = await store.readJob(jobId);
    if (job === null || job.details_removed_at !== undefined) {
      count("traces", 1, `job ${jobId} is not kept any more`);
      return true;
    }
    // What is stored from now on may be late.
    late.exported(jobId, 0);
    return sendJob(job, null);
  }

  /** @param after the newest entry that went out already; null for none, nor the job itself */
  async function sendJob(job: Job, after: number | null): Promise<boolean> {
    let newest = after ?? 0;
    const seen = (entryId: number) => {
      newest = Math.max(newest, entryId);
    };
    for await (const part of jobTrace(job, deps, { after, seen })) {
      if (signals.has(part.signal) && !(await sendPart(part))) return false;
    }
    late.exported(job.job_id, newest);
    return true;
  }

  /** What workers told of jobs that had gone out: their machines may be busy, or their way here cut. */
  async function sendLate(): Promise<void> {
    for (const [jobId, after] of late.take()) {
      const job = await store.readJob(jobId);
      if (job !== null && !(await sendJob(job, after))) return;
    }
  }

  async function sendPart(part: TracePart): Promise<boolean> {
    const body = part.signal === "traces" ? encoder.traces(part.items) : encoder.logs(part.items);
    const outcome = await sender.send(part.signal, body);
    if (outcome === null) return false;
    if (outcome.state === "sent") {
      const { count: rejected, message } = rejectedBy(part.signal, outcome.answer);
      sent[part.signal] += part.items.length - rejected;
      if (rejected > 0) count(part.signal, rejected, message);
      return true;
    }
    if (outcome.status !== 413 || part.items.length === 1) {
      count(part.signal, part.items.length, outcome.reason);
      return true;
    }
    // Too large: in halves.
    const half = Math.ceil(part.items.length / 2);
    for (const items of [part.items.slice(0, half), part.items.slice(half)]) {
      if (!(await sendPart({ ...part, items } as TracePart))) return false;
    }
    return true;
  }

  /** What a receiver says beside 200 is its affair: one that says nothing we can read has taken it. */
  function rejectedBy(signal: Signal, answer: Uint8Array): { readonly count: number; readonly message: string } {
    try {
      return encoder.rejectedBy(signal, answer);
    } catch {
      return { count: 0, message: "" };
    }
  }

  function count(signal: Signal, items: number, reason: string): void {
    dropped[signal] += items;
    onDropped(reason, items);
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        while ((await step()) && !closing.signal.aborted);
        await sendLate();
      } catch (error) {
        onError(error);
        await pause(RETRY_MS);
        continue;
      }
      await Promise.race([wake.promise, pause(POLL_MS)]);
      wake = Promise.withResolvers();
    }
  }

  return {
    /** Goes on from where an earlier process was; the first time of all from now on. */
    async start(): Promise<void> {
      const end = await store.readFactLogEnd();
      const known = (await store.readDocument(COLLECTION, POSITION))?.body.fact_id;
      // A history that was reset is shorter than what was exported of the one before.
      if (typeof known === "number" && known <= end) position = known;
      else await save(end);
      running = run();
    },
    /** Something has ended. */
    wake: () => wake.resolve(),
    /** Something was stored: of jobs that have gone out it goes after them. */
    noteStored(entries: readonly { readonly entry: LogEntry }[]): void {
      if (late.stored(entries)) wake.resolve();
    },
    /** Counts what other ways have sent. */
    noteSent(signal: Signal, items: number, isDropped: boolean): void {
      (isDropped ? dropped : sent)[signal] += items;
    },
    status: (): ExportStatus => ({
      sent: { ...sent },
      dropped: { ...dropped },
      behindMs: behindSinceMs === null ? 0 : nowMs() - behindSinceMs,
      failing: sender.failing(),
    }),
    /** Cuts off what is under way: it is sent again after the next start. */
    async close(): Promise<void> {
      closing.abort();
      sender.close();
      wake.resolve();
      await running;
    },
  };
}
