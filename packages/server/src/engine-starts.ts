import { randomUUID } from "node:crypto";
import {
  type ControlCommand,
  isFinalJobState,
  type Job,
  type JobWaiting,
  PlayheadError,
  type StartCommand,
  type WorkerCommand,
} from "@playhead/core";
import type { Bus } from "./bus/bus.ts";
import { describeQueue, type KindLine } from "./control/describe-queue.ts";
import { describeWaiting, type WaitingJob } from "./control/describe-waiting.ts";
import { isWaiting, type QueueLimits } from "./control/queue.ts";
import { type ClaimRefusal, createStarts, type Offer } from "./control/starts.ts";
import type { Wanted } from "./control/wanted.ts";
import type { Workers } from "./control/workers.ts";
import type { Ingest } from "./ingest/ingest.ts";
import { documentPages } from "./store/document-pages.ts";
import type { Store } from "./store/store.ts";
import { isWorkerOf, workerKeyOf } from "./tenants.ts";

/** Who asks for commands, and for jobs to start. */
export interface CommandsRequest {
  readonly tenantId: string;
  readonly source: string;
  /** What it has a place for now. */
  readonly wanted: Wanted;
  /** What it starts when it has one. */
  readonly offers: Wanted;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** A worker in this process, as long as it listens. */
export interface LocalWorker {
  readonly tenantId: string;
  /** The name by which the workers of all tenants are told apart. */
  readonly worker: string;
  readonly wanted: Wanted;
  readonly offers: Wanted;
  /** @returns whether the command was taken */
  readonly listener: (command: WorkerCommand) => boolean;
}

/** Who wants to start one job, of which something else than this engine told it. */
export interface ClaimRequest {
  readonly tenantId: string;
  readonly source: string;
  readonly jobId: string;
}

/** The start of a job that was claimed, or why there is none: `begun` by another worker, `ended`, or it is not its turn. */
export type ClaimAnswer =
  | { readonly command: StartCommand }
  | {
      readonly command: null;
      readonly reason: ClaimRefusal | "begun" | "ended";
      /** After which it makes sense to ask again; null for never. */
      readonly retryInMs: number | null;
    };

export interface EngineStartsDeps {
  readonly store: Pick<Store, "putDocument" | "removeDocument" | "listDocuments">;
  readonly ingest: Pick<Ingest, "jobs" | "isStored">;
  readonly bus: Pick<Bus, "subscribeAll">;
  readonly workers: Pick<Workers, "wait" | "waiting" | "listen" | "isLost" | "silentMs">;
  /** A worker that is silent for longer is lost. */
  readonly workerLostAfterMs: () => number;
  readonly limits: () => QueueLimits;
  /** Ends a job whose worker is known to be gone. */
  readonly endLost: (job: Job) => void;
  readonly nowMs: () => number;
  readonly onError: (error: unknown, jobId: string) => void;
}

/** Collection of the jobs that were given to workers elsewhere, which may be at work on them without our knowing yet. */
const OFFERS = "start-offers";
const OFFER_KEPT_MS = 24 * 3_600_000;
/** Who claims what may soon be had asks again after this, at the earliest. */
const CLAIM_RETRY_MS = 500;

/** Who starts what: the line, the workers that take from it, here and elsewhere, and what was given away. */
export function assembleStarts(deps: EngineStartsDeps) {
  const { store, ingest, bus, workers, workerLostAfterMs, limits, endLost, nowMs, onError } = deps;
  /** What is stored of an offer is removed after it was stored. */
  const kept = new Map<string, Promise<unknown>>();
  const locals = new Set<LocalWorker>();
  const demandHeard = new Set<(tenantId: string) => void>();
  /** What each worker elsewhere offered when it asked last. */
  const offered = new Map<string, Wanted>();

  const starts = createStarts({
    ...{ openJobs, limits, nowMs, onSettled },
    silentMs: workers.silentMs,
    lostAfterMs: workerLostAfterMs,
    newId: randomUUID,
    after: afterUnrefed,
  });

  /** One that is not stored yet is nobody's to start: it may never be. */
  function* openJobs(): Generator<Job> {
    for (const live of ingest.jobs.open()) {
      if (!isWaiting(live.draft) || ingest.isStored(live)) yield live.draft;
    }
  }

  function onSettled(jobId: string): void {
    const stored = kept.get(jobId);
    if (stored === undefined) return;
    kept.delete(jobId);
    stored.then(() => store.removeDocument(OFFERS, jobId)).catch((error: unknown) => onError(error, jobId));
  }

  /** So that a process after this one gives the job to nobody else before its worker could say that it runs. */
  async function keep({ tenantId, source, command }: Offer): Promise<void> {
    const body = { source, command: JSON.parse(JSON.stringify(command)) };
    const expiresMs = nowMs() + OFFER_KEPT_MS;
    const stored = store.putDocument({ collection: OFFERS, id: command.job_id, tenantId, body, expiresMs });
    kept.set(command.job_id, stored);
    try {
      await stored;
    } catch (error) {
      kept.delete(command.job_id);
      starts.settle(command.job_id);
      throw error;
    }
  }

  /** What a worker elsewhere is to start: what it was given and has not confirmed, else the next that waits. */
  async function offerTo(tenantId: string, worker: string, wanted: Wanted) {
    const open = starts.unconfirmed(worker, wanted);
    if (open.length > 0) return open;
    const job = starts.next(tenantId, wanted);
    if (job === null) return [];
    const offer = starts.give(job, worker);
    await keep(offer);
    return [offer.command];
  }

  /** Of a job that is not anyone's to take: it is looked at again when its worker may be known to be lost. */
  function refuseBegun(job: Job): ClaimAnswer {
    if (isFinalJobState(job.state)) return { command: null, reason: "ended", retryInMs: null };
    const silentMs = job.worker === null ? null : workers.silentMs(workerKeyOf(job.tenant_id, job.worker));
    const leftMs = workerLostAfterMs() - (silentMs ?? 0);
    // Two who do not know of each other say so: it is silent here, and whoever claims was given its job there.
    if (leftMs < 0) endLost(job);
    return { command: null, reason: "begun", retryInMs: Math.max(CLAIM_RETRY_MS, leftMs) };
  }

  let isDispatching = false;

  /** After all that happens at once: a place that is free again is announced by one connection after the other. */
  function dispatchSoon(): void {
    if (isDispatching) return;
    isDispatching = true;
    queueMicrotask(() => {
      isDispatching = false;
      dispatch();
    });
  }

  /** Gives jobs to the workers of this process, the most urgent first, whosever it is. */
  function dispatch(): void {
    const unwilling = new Set<LocalWorker["listener"]>();
    for (;;) {
      const best = bestForLocals(unwilling);
      if (best === null) return;
      const { job, local } = best;
      const { command } = starts.give(job, local.worker);
      if (local.listener(command)) {
        starts.confirm(command.command_id);
      } else {
        starts.takeBack(job);
        unwilling.add(local.listener);
      }
    }
  }

  function bestForLocals(unwilling: ReadonlySet<LocalWorker["listener"]>) {
    const { order } = starts.line();
    let best: { readonly job: Job; readonly local: LocalWorker } | null = null;
    for (const local of locals) {
      if (unwilling.has(local.listener)) continue;
      const job = starts.next(local.tenantId, local.wanted);
      if (job !== null && (best === null || order.compare(job, best.job) < 0)) best = { job, local };
    }
    return best;
  }

  bus.subscribeAll((publications) => {
    for (const { jobId, content } of publications) {
      if (!("type" in content)) continue;
      if (content.type === "job.created") noteWaiting(jobId);
      else if (content.type === "job.state_changed") {
        starts.settle(jobId);
        const job = ingest.jobs.peek(jobId)?.draft;
        if (job !== undefined && isFinalJobState(job.state)) starts.freed(job.kind);
      }
    }
  });

  function noteWaiting(jobId: string): void {
    const job = ingest.jobs.peek(jobId)?.draft;
    if (job === undefined || !isWaiting(job)) return;
    tellDemand(job.tenant_id);
    starts.wake(job);
  }

  function tellDemand(tenantId: string): void {
    for (const tell of demandHeard) tell(tenantId);
  }

  /** What each worker of a tenant starts that lives. */
  function offersOf(tenantId: string): readonly Wanted[] {
    for (const worker of offered.keys()) if (workers.isLost(worker)) offered.delete(worker);
    const elsewhere = [...offered].filter(([worker]) => isWorkerOf(tenantId, worker)).map(([, offers]) => offers);
    const here = [...locals].filter((local) => local.tenantId === tenantId).map(({ offers }) => offers);
    return [...elsewhere, ...here].filter(({ kinds }) => kinds.size > 0);
  }

  return {
    confirm: starts.confirm,
    /** What waits for a worker, and the jobs of its kinds that it may start, after at most `waitMs`. */
    async waitForCommands({ tenantId, source, wanted, offers, waitMs, signal }: CommandsRequest) {
      const worker = workerKeyOf(tenantId, source);
      if (offers.kinds.size > 0 || offered.has(worker)) offered.set(worker, offers);
      const woken = new AbortController();
      const end = starts.listen(tenantId, wanted, () => woken.abort());
      try {
        const early = await offerTo(tenantId, worker, wanted);
        await workers.wait(worker, early.length > 0 ? 0 : waitMs, AbortSignal.any([signal, woken.signal]));
        const commands: readonly ControlCommand[] = workers.waiting(worker);
        return [...commands, ...(signal.aborted ? [] : await offerTo(tenantId, worker, wanted))];
      } finally {
        end();
      }
    },
    /** @throws PlayheadError `not_found` */
    async claim({ tenantId, source, jobId }: ClaimRequest): Promise<ClaimAnswer> {
      const live = await ingest.jobs.get(jobId);
      if (live === null || live.draft.tenant_id !== tenantId) {
        throw new PlayheadError("not_found", `there is no job ${jobId}`);
      }
      const job = live.draft;
      if (!isWaiting(job)) return refuseBegun(job);
      if (!ingest.isStored(live)) return { command: null, reason: "later", retryInMs: CLAIM_RETRY_MS };
      const claim = starts.claim(job, workerKeyOf(tenantId, source));
      if (claim.offer === null) return { command: null, reason: claim.reason, retryInMs: claim.retryInMs };
      if (claim.isNew) await keep(claim.offer);
      return { command: claim.offer.command };
    },
    /** Tells a worker of this process what is asked of it, and gives it jobs. @returns ends it */
    listenHere(local: LocalWorker): () => void {
      locals.add(local);
      const endStarts = starts.listen(local.tenantId, local.wanted, dispatchSoon);
      const endCommands = workers.listen(local.worker, local.listener);
      if (local.wanted.kinds.size > 0) dispatchSoon();
      return () => {
        locals.delete(local);
        endStarts();
        endCommands();
      };
    },
    /**
     * Calls the listener with each tenant that may want something run: one of its jobs waits, or it asks what can be run.
     * @returns ends it
     */
    onDemand(listener: (tenantId: string) => void): () => void {
      demandHeard.add(listener);
      const tenants = new Set([...openJobs()].filter(isWaiting).map(({ tenant_id }) => tenant_id));
      for (const tenantId of tenants) listener(tenantId);
      return () => void demandHeard.delete(listener);
    },
    /** How a tenant's jobs wait, by kind. */
    queueOf(tenantId: string): readonly KindLine[] {
      return describeQueue({
        ...{ tenantId, line: starts.line(), offers: offersOf(tenantId), limits: limits(), nowMs: nowMs() },
        jobs: openJobs(),
      });
    },
    /** What the jobs of a tenant wait for, those of them that do. */
    waitingOf(tenantId: string): (job: WaitingJob) => JobWaiting | null {
      return describeWaiting({ tenantId, line: starts.line(), offers: offersOf(tenantId), nowMs: nowMs() });
    },
    /** How many of the tenant's workers offer a kind, and how many of its jobs wait for one. */
    demandOf(tenantId: string): (kind: string) => { readonly workers: number; readonly waiting: number } {
      tellDemand(tenantId);
      const offers = offersOf(tenantId);
      const waiting = [...openJobs()].filter((job) => job.tenant_id === tenantId && isWaiting(job));
      return (kind) => ({
        workers: offers.filter(({ kinds }) => kinds.has(kind)).length,
        waiting: waiting.filter((job) => job.kind === kind).length,
      });
    },
    /** Takes up what an earlier process gave away, and what it had planned for later. */
    async recover(): Promise<void> {
      for await (const page of documentPages(store, OFFERS)) {
        for (const { id, tenantId, body } of page) {
          const job = ingest.jobs.peek(id)?.draft;
          const { source, command } = body as unknown as Pick<Offer, "source" | "command">;
          kept.set(id, Promise.resolve());
          if (job !== undefined && isWaiting(job)) starts.restore({ tenantId, source, command });
          else onSettled(id);
        }
      }
      for (const job of openJobs()) if (isWaiting(job)) starts.wake(job);
    },
    close: starts.close,
  };
}

function afterUnrefed(delayMs: number, call: () => void): () => void {
  const timer = setTimeout(call, delayMs);
  timer.unref();
  return () => clearTimeout(timer);
}
