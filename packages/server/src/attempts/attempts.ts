import { createHash } from "node:crypto";
import { isFinalJobState, type Job, PlayheadError } from "@playhead/core";
import type { Bus } from "../bus/bus.ts";
import { documentPages } from "../store/document-pages.ts";
import type { Store } from "../store/store.ts";

/** When a job that failed is tried again by itself. */
export interface AttemptLimits {
  /** Before the second try; before each one after it twice as long. */
  readonly firstDelayMs: number;
  /** How often a job of a kind that the server knows is tried in all, where it says nothing itself. */
  readonly maxAttempts: number;
  /** The same for jobs of a kind, known or not. */
  readonly maxAttemptsOf: ReadonlyMap<string, number>;
}

/** A job, as far as its being tried again goes. */
export type TriedJob = Pick<Job, "job_id" | "tenant_id" | "state" | "attempt" | "max_attempts" | "error">;

export interface AttemptsDeps {
  readonly store: Pick<Store, "addDocument" | "removeDocument" | "readDocument" | "listDocuments">;
  readonly bus: Pick<Bus, "subscribeAll">;
  /** The tenant's job as it stands; null for none. */
  readonly findJob: (tenantId: string, jobId: string) => Promise<TriedJob | null>;
  /** Announces the next try. @throws PlayheadError `conflict` where there is one of that id */
  readonly retry: (
    job: TriedJob,
    next: { readonly retryId: string; readonly notBeforeMs?: number; readonly maxAttempts: number },
  ) => Promise<unknown>;
  readonly limits: () => AttemptLimits;
  readonly nowMs: () => number;
  /** Told when a job could not be tried again; it is taken up again at the next start at the latest. */
  readonly onError: (error: unknown, jobId: string) => void;
}

/** Collection of the open jobs that are to be tried again, should they fail. */
const COLLECTION = "attempts";
const MAX_DELAY_MS = 3_600_000;

/** The id of the next try that is made by itself: always the same, so that there is never a second one. */
export function nextAttemptId(jobId: string): string {
  return `job_${createHash("sha256").update(`the next attempt at ${jobId}`).digest("hex").slice(0, 20)}`;
}

/** How long the next try waits, after so many. */
export function attemptDelayMs(attempts: number, firstDelayMs: number): number {
  return Math.min(MAX_DELAY_MS, firstDelayMs * 2 ** Math.min(attempts - 1, 30));
}

/** Whether a job is tried again by itself: what ended it may go well another time, and it has tries left. */
export function isTriedAgain({ state, error, attempt, max_attempts = 1 }: TriedJob): boolean {
  if (state !== "failed" || error === null) return false;
  if (error.error_code === "worker_stopped") return true;
  const mayGoWell = error.error_class === "transient" || error.error_code === "worker_lost";
  return mayGoWell && attempt < max_attempts;
}

/**
 * Tries jobs again that failed for reasons that pass. What is to be tried is noted before the job is announced, and the
 * note goes only when the next try is stored, or there is none: neither a crash nor a restart loses a try, or makes two.
 */
export function createAttempts({ store, bus, findJob, retry, limits, nowMs, onError }: AttemptsDeps) {
  const startedMs = nowMs();
  const underWay = new Set<Promise<void>>();

  const unsubscribe = bus.subscribeAll((publications) => {
    for (const { tenantId, jobId, content } of publications) {
      if ("type" in content && content.type === "session.completed") soon(tenantId, jobId);
    }
  });

  function soon(tenantId: string, jobId: string): void {
    const work = settle(tenantId, jobId)
      .catch((error: unknown) => onError(error, jobId))
      .finally(() => underWay.delete(work));
    underWay.add(work);
  }

  /** Does what is to be done about a job that has ended. */
  async function settle(tenantId: string, jobId: string): Promise<void> {
    const job = await findJob(tenantId, jobId);
    if (job?.max_attempts === undefined || !isFinalJobState(job.state)) return;
    if (isTriedAgain(job)) await tryAgain(job, job.max_attempts);
    await store.removeDocument(COLLECTION, jobId);
  }

  async function tryAgain(job: TriedJob, maxAttempts: number): Promise<void> {
    // A worker that stopped has given the job back: that is no failure of the job's, and costs it no try.
    const wasGivenBack = job.error?.error_code === "worker_stopped";
    const delayMs = attemptDelayMs(job.attempt, limits().firstDelayMs);
    try {
      await retry(job, {
        retryId: nextAttemptId(job.job_id),
        maxAttempts: wasGivenBack ? Math.max(maxAttempts, job.attempt) + 1 : maxAttempts,
        ...(!wasGivenBack && { notBeforeMs: nowMs() + delayMs }),
      });
    } catch (error) {
      // It was announced before, by a process that could not take the note away any more.
      if (!(error instanceof PlayheadError) || error.code !== "conflict") throw error;
    }
  }

  return {
    /** How often a job is tried in all, if it does not say; undefined: as often as somebody asks for it. */
    defaultFor(kind: string, isKnown: boolean): number | undefined {
      const { maxAttempts, maxAttemptsOf } = limits();
      return maxAttemptsOf.get(kind) ?? (isKnown ? maxAttempts : undefined);
    },
    /** Notes a job before it is announced. @returns takes the note away, for a job that came to nothing */
    async keep(tenantId: string, jobId: string): Promise<() => Promise<void>> {
      const body = { created_at: new Date(nowMs()).toISOString() };
      const isNew =
        (await store.addDocument({ collection: COLLECTION, id: jobId, tenantId, body, expiresMs: null })) === null;
      return async () => {
        if (isNew) await store.removeDocument(COLLECTION, jobId);
      };
    },
    /** @throws PlayheadError `conflict` for a job that is tried again by itself: nobody wants it done twice */
    async refuseSecond(tenantId: string, jobId: string): Promise<void> {
      const job = await findJob(tenantId, jobId);
      if (job === null || !isTriedAgain(job)) return;
      const nextId = nextAttemptId(jobId);
      const next = await findJob(tenantId, nextId);
      const isDue = next === null && (await store.readDocument(COLLECTION, jobId)) !== null;
      if (!isDue && (next === null || isFinalJobState(next.state))) return;
      throw new PlayheadError("conflict", `job ${jobId} is tried again already, as ${nextId}`, {
        detail: { retry_job_id: nextId },
        hint: "cancel that one first to try anew",
      });
    },
    /** Takes up what an earlier process left; to be called once, when jobs can be read. */
    async catchUp(): Promise<void> {
      for await (const page of documentPages(store, COLLECTION)) {
        for (const { id, tenantId, body } of page) {
          const isAnnounced = (await findJob(tenantId, id)) !== null;
          if (isAnnounced) soon(tenantId, id);
          // Its announcement was never stored.
          else if (Date.parse(String(body.created_at)) < startedMs) await store.removeDocument(COLLECTION, id);
        }
      }
    },
    /** Hears of nothing more; resolves when what is under way is done. */
    async close(): Promise<void> {
      unsubscribe();
      await Promise.all(underWay);
    },
  };
}

export type Attempts = ReturnType<typeof createAttempts>;
