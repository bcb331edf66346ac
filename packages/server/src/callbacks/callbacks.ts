import { isFinalJobState, type JobSummary, PlayheadError, type PlayheadEvent } from "@playhead/core";
import type { Bus, Publication } from "../bus/bus.ts";
import type { AddressGuard } from "../outbound/address-guard.ts";
import { type After, afterByTimer } from "../outbound/after.ts";
import { post, type TryOutcome } from "../outbound/post.ts";
import { MAX_TRIES, retryDelayMs } from "../outbound/retry-delay.ts";
import { signatureHeaders } from "../outbound/signature.ts";
import type { Store } from "../store/store.ts";
import { type CallbackRecord, createCallbackRecords, type KeptCallback } from "./callback-record.ts";
import { createDispatcher } from "./dispatcher.ts";
import type { SigningSecrets } from "./signing-secrets.ts";

export interface CallbacksDeps {
  readonly store: Pick<
    Store,
    "addDocument" | "putDocument" | "removeDocument" | "readDocument" | "listDocuments" | "readFacts"
  >;
  readonly bus: Pick<Bus, "subscribeAll">;
  /** The tenant's job as it is stored; null for none. */
  readonly readJob: (tenantId: string, jobId: string) => Promise<JobSummary | null>;
  readonly guard: AddressGuard;
  readonly secrets: Pick<SigningSecrets, "current">;
  readonly nowMs: () => number;
  /** 0..1 */
  readonly random: () => number;
  readonly newId: () => string;
  /** @defaultValue a timer */
  readonly after?: After;
  /** @defaultValue 10 s for one try */
  readonly limitMs?: number;
  /** Told when a callback could not be worked on; it is taken up again at the next start at the latest. */
  readonly onError: (error: unknown, jobId: string) => void;
}

const LIMIT_MS = 10_000;
/** How long tries under way have when the server ends. */
const LAST_ANSWERS_MS = 2_000;
const AT_ONCE = 16;
const AT_ONCE_PER_HOST = 4;
/** After a failure of our own. */
const OWN_FAILURE_MS = 30_000;
/** The ending of a job is among its last facts. */
const LAST_FACTS = 5;
const GONE = 410;
const ENDINGS: ReadonlySet<string> = new Set(["job.completed", "job.canceled", "job.failed"]);

/**
 * Calls the address that a job was announced with when the job has ended: signed, at least once, tried again for a day. The
 * address is stored before the job is, and goes only when all is done; so neither a crash nor a restart loses a callback.
 */
export function createCallbacks(deps: CallbacksDeps) {
  const {
    store,
    bus,
    readJob,
    guard,
    secrets,
    nowMs,
    random,
    newId,
    after = afterByTimer,
    limitMs = LIMIT_MS,
    onError,
  } = deps;
  const records = createCallbackRecords(store, nowMs);
  const startedMs = nowMs();
  const stopping = new AbortController();
  const dispatcher = createDispatcher({ work, after, atOnce: AT_ONCE, atOncePerLane: AT_ONCE_PER_HOST });
  const unsubscribe = bus.subscribeAll((publications) => {
    for (const publication of publications) if (isEnding(publication)) void jobEnded(publication.jobId);
  });

  /** A failure here is one of our own store: the callback is found again at the next start. */
  async function jobEnded(jobId: string): Promise<void> {
    try {
      const kept = await records.readOpen(jobId);
      if (kept !== null) enter(kept);
    } catch (error) {
      onError(error, jobId);
    }
  }

  function enter({ jobId, record }: KeptCallback): void {
    const dueMs = record.next_attempt_at === null ? 0 : Date.parse(record.next_attempt_at) - nowMs();
    dispatcher.add(new URL(record.url).host, jobId, dueMs);
  }

  async function work(jobId: string): Promise<number | null> {
    try {
      const kept = await records.readOpen(jobId);
      if (kept === null) return null;
      const body = await bodyOf(kept);
      return body === null ? null : await attempt(kept, body);
    } catch (error) {
      onError(error, jobId);
      return OWN_FAILURE_MS;
    }
  }

  /** The event that ended the job, with the job as it ended; null while it has not. */
  async function bodyOf({ tenantId, jobId }: KeptCallback): Promise<string | null> {
    const job = await readJob(tenantId, jobId);
    if (job === null || !isFinalJobState(job.state)) return null;
    const facts = await store.readFacts(jobId, Math.max(0, job.seq - LAST_FACTS), LAST_FACTS);
    const ending = facts.find(({ type }) => ENDINGS.has(type));
    if (ending === undefined) throw new PlayheadError("internal_error", `job ${jobId} has ended without an ending`);
    const { type, ts, job_id, seq, correlation_id, data } = ending;
    return JSON.stringify({ type, ts, job_id, seq, correlation_id, data: { ...data, job: withoutTasks(job) } });
  }

  /** @returns after how long to try again; null when all is done */
  async function attempt(kept: KeptCallback, body: string): Promise<number | null> {
    const { record, tenantId } = kept;
    const triedMs = nowMs();
    const message = { webhookId: record.webhook_id, timestampSec: Math.floor(triedMs / 1_000), body };
    const headers = { ...signatureHeaders(message, await secrets.current(tenantId)), "user-agent": "Playhead" };
    const outcome = await post(guard, { url: record.url, headers, body, limitMs, signal: stopping.signal });
    // Cut off by our own end, it counts for nothing: the next start tries it anew.
    if (outcome.status === null && stopping.signal.aborted) return null;
    const attempts = [...record.attempts, attemptOf(outcome, triedMs, nowMs() - triedMs)];
    const tried: CallbackRecord = { ...record, attempts, next_attempt_at: null };
    const settled_at = new Date(nowMs()).toISOString();
    if (outcome.status !== null && outcome.status >= 200 && outcome.status < 300) {
      await records.settle({ ...kept, record: { ...tried, state: "delivered", settled_at } });
      return null;
    }
    // A receiver that says it is gone does not want to be asked again.
    if (attempts.length >= MAX_TRIES || outcome.status === GONE) {
      await records.settle({ ...kept, record: { ...tried, state: "given_up", settled_at } });
      return null;
    }
    const delayMs = retryDelayMs(attempts.length, random(), outcome.retryAfterMs);
    const nextAt = new Date(nowMs() + delayMs).toISOString();
    await records.put({ ...kept, record: { ...tried, state: "sending", next_attempt_at: nextAt } });
    return delayMs;
  }

  /** Takes up what an earlier process left: jobs that ended unheard, and tries that are still to come. */
  async function catchUp(): Promise<void> {
    for await (const page of records.open()) await Promise.all(page.map(takeUp));
  }

  async function takeUp(kept: KeptCallback): Promise<void> {
    const { tenantId, jobId, record } = kept;
    if (record.state === "sending") {
      enter(kept);
      return;
    }
    const job = await readJob(tenantId, jobId);
    if (job === null) {
      // Its announcement was never stored, or is only just being stored. Who repeats one announces the callback again.
      if (Date.parse(record.created_at) < startedMs) await records.remove(jobId);
    } else if (isFinalJobState(job.state)) enter(kept);
  }

  return {
    /**
     * Keeps an address to be called when the job has ended; before the job is announced.
     *
     * @returns forgets it, for a job that came to nothing
     * @throws PlayheadError `validation_error` for an address that may not be called
     */
    async keep(tenantId: string, jobId: string, url: string): Promise<() => Promise<void>> {
      const record: CallbackRecord = {
        webhook_id: newId(),
        url: guard.read(url).href,
        state: "waiting",
        created_at: new Date(nowMs()).toISOString(),
        attempts: [],
        next_attempt_at: null,
        settled_at: null,
      };
      const isNew = await records.add({ jobId, tenantId, record });
      return async () => {
        if (isNew) await records.remove(jobId);
      };
    },
    /** The callback of the tenant's job; null when it has none. */
    read: records.read,
    /** Takes up what is left from before; to be called once, when jobs can be read. */
    catchUp,
    /** Starts no further try, and waits a moment for those under way. */
    async close(): Promise<void> {
      unsubscribe();
      const giveUpWaiting = after(LAST_ANSWERS_MS, () => stopping.abort());
      await dispatcher.close();
      giveUpWaiting();
    },
  };
}

function isEnding({ tick, content }: Publication): boolean {
  return tick === undefined && "type" in content && ENDINGS.has((content as PlayheadEvent).type);
}

function attemptOf({ status, error }: TryOutcome, triedMs: number, durationMs: number) {
  return { at: new Date(triedMs).toISOString(), status, error, duration_ms: Math.max(0, durationMs) };
}

/** A snapshot is a summary with tasks; those are for who asks. */
function withoutTasks(job: JobSummary): JobSummary {
  const { tasks: _, tasks_total: __, ...summary } = job as JobSummary & { tasks?: unknown; tasks_total?: unknown };
  return summary;
}
