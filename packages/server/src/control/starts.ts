import type { Job, StartCommand } from "@playhead/core";
import { createQueue, type QueueLimits } from "./queue.ts";
import { notBeforeMs, waitingSinceMs } from "./queue-order.ts";
import { takes, type Wanted } from "./wanted.ts";

/** Who was given a job, and has not yet said that it runs. */
export interface Offer {
  readonly tenantId: string;
  readonly source: string;
  readonly command: StartCommand;
}

/** What a worker gets that asks for one job: the job, or why it may not begin there now. */
export type Claim =
  | { readonly offer: Offer; readonly isNew: boolean }
  | { readonly offer: null; readonly reason: ClaimRefusal; readonly retryInMs: number };

/** `taken`: another worker was given it. The others as of {@link JobWaiting}. */
export type ClaimRefusal = "taken" | "later" | "kind_limit" | "rate_limit";

export interface StartsDeps {
  /** Every job that has not ended, of all tenants, oldest first. */
  readonly openJobs: () => Iterable<Job>;
  readonly limits: () => QueueLimits;
  /** For how long a worker has been silent; null for one whose silence means nothing. */
  readonly silentMs: (source: string) => number | null;
  /** What was given to a worker that is silent for longer goes to another one. */
  readonly lostAfterMs: () => number;
  readonly nowMs: () => number;
  readonly newId: () => string;
  /** Calls after so long; never keeps the process alive. @returns ends it */
  readonly after: (delayMs: number, call: () => void) => () => void;
  /** The job is not on offer any more: it has begun, or another worker may have it. */
  readonly onSettled: (jobId: string) => void;
}

interface OpenOffer extends Offer {
  /** When it was given, or heard of, last; it is the worker's for `patienceMs` from then. */
  atMs: number;
  patienceMs: number;
  isConfirmed: boolean;
}

interface Listener {
  readonly tenantId: string;
  readonly wanted: Wanted;
  readonly tell: () => void;
}

/** A worker that does not confirm a start, or confirms it and never begins, has this long; then another one gets it. */
const UNCONFIRMED_MS = 30_000;
const CONFIRMED_MS = 120_000;
/** When a place of a limited kind is free again nobody knows: who asked for one job asks again after this. */
const KIND_LIMIT_RETRY_MS = 1_000;
/** The longest that a timer can be set for. */
const MAX_DELAY_MS = 2_000_000_000;

/** Hands jobs that wait (announced over HTTP, or retries) to workers of their kind, each to one worker at a time. */
export function createStarts(deps: StartsDeps) {
  const { openJobs, limits, silentMs, lostAfterMs, nowMs, newId, after, onSettled } = deps;
  const offers = new Map<string, OpenOffer>();
  const listeners = new Set<Listener>();
  const timers = new Set<() => void>();
  const queue = createQueue({ openJobs, isOffered: (jobId) => offers.has(jobId), limits, nowMs });

  /** How much longer it is its worker's; negative once it is anyone's. */
  function leftMs({ source, atMs, patienceMs }: OpenOffer): number {
    return Math.min(atMs + patienceMs - nowMs(), lostAfterMs() - (silentMs(source) ?? 0));
  }

  const hasLapsed = (offer: OpenOffer) => leftMs(offer) < 0;

  function settle(jobId: string): void {
    if (offers.delete(jobId)) onSettled(jobId);
  }

  function forgetLapsed(): void {
    for (const [jobId, offer] of offers) if (hasLapsed(offer)) settle(jobId);
  }

  function later(delayMs: number, call: () => void): void {
    const end = after(Math.min(delayMs, MAX_DELAY_MS), () => {
      timers.delete(end);
      call();
    });
    timers.add(end);
  }

  function wake(isMeant: (listener: Listener) => boolean): void {
    for (const each of [...listeners]) if (isMeant(each)) each.tell();
  }

  /** When nothing more is heard of an offer, the job is somebody else's. */
  function watchLapse(offer: OpenOffer): void {
    const { tenantId, command } = offer;
    later(Math.max(0, leftMs(offer)) + 1, () => {
      if (offers.get(command.job_id) !== offer) return;
      if (hasLapsed(offer)) wake((each) => each.tenantId === tenantId && takes(each.wanted, command.job));
      else watchLapse(offer);
    });
  }

  function add(offer: Offer, patienceMs: number): OpenOffer {
    const open = { ...offer, atMs: nowMs(), patienceMs, isConfirmed: false };
    offers.set(offer.command.job_id, open);
    watchLapse(open);
    return open;
  }

  function give(job: Job, source: string): OpenOffer {
    const offer = { tenantId: job.tenant_id, source, command: startCommand(job, newId()) };
    const open = add(offer, UNCONFIRMED_MS);
    queue.noteTurn(job);
    const waitMs = queue.rateWaitMs(job.kind);
    if (waitMs > 0) later(waitMs + 1, () => wake(({ wanted }) => wanted.kinds.has(job.kind)));
    return open;
  }

  function confirmOpen(offer: OpenOffer): void {
    offer.isConfirmed = true;
    offer.atMs = nowMs();
    offer.patienceMs = CONFIRMED_MS;
  }

  /** Why a job of the line may not begin now, though somebody would take it; null where it may. */
  function holdOf(job: Job): { readonly reason: ClaimRefusal; readonly retryInMs: number } | null {
    const laterMs = notBeforeMs(job) - nowMs();
    if (laterMs > 0) return { reason: "later", retryInMs: laterMs };
    const rateWaitMs = queue.rateWaitMs(job.kind);
    if (rateWaitMs > 0) return { reason: "rate_limit", retryInMs: rateWaitMs };
    const isFull = limits().maxRunning.has(job.kind) && queue.look().freeOf(job.kind) <= 0;
    return isFull ? { reason: "kind_limit", retryInMs: KIND_LIMIT_RETRY_MS } : null;
  }

  const isWanted = (job: Job) =>
    [...listeners].some(({ tenantId, wanted }) => tenantId === job.tenant_id && takes(wanted, job));

  return {
    /** The line as it stands. */
    line: queue.look,
    /** What a worker was given and has not confirmed; what it has no place for any more is left to lapse. */
    unconfirmed(source: string, wanted: Wanted): readonly StartCommand[] {
      forgetLapsed();
      const mine = [...offers.values()].filter(
        (offer) => offer.source === source && !offer.isConfirmed && takes(wanted, offer.command.job),
      );
      for (const offer of mine) offer.atMs = nowMs();
      return mine.map(({ command }) => command);
    },
    /** The job that a worker of the tenant would get; null for none. It stays where it is. */
    next(tenantId: string, wanted: Wanted): Job | null {
      forgetLapsed();
      return wanted.kinds.size === 0 ? null : queue.next(tenantId, wanted, isWanted);
    },
    /** Gives a job to a worker, which has to confirm it. */
    give: (job: Job, source: string): Offer => give(job, source),
    /**
     * Gives a job that waits to the worker that asks for this one, which has confirmed it by that. Asked again, it is the
     * same offer: the first answer may have been lost.
     */
    claim(job: Job, source: string): Claim {
      forgetLapsed();
      const open = offers.get(job.job_id);
      if (open !== undefined && open.source !== source) {
        return { offer: null, reason: "taken", retryInMs: Math.max(0, leftMs(open)) + 1 };
      }
      const hold = open === undefined ? holdOf(job) : null;
      if (hold !== null) return { offer: null, ...hold };
      const offer = open ?? give(job, source);
      confirmOpen(offer);
      return { offer, isNew: open === undefined };
    },
    /** The worker did not take what it was given just now. */
    takeBack(job: Job): void {
      queue.forgetTurn(job);
      settle(job.job_id);
    },
    /**
     * Takes up what an earlier process had given away. Whoever has it may be at work, and gets time to say so; it may as
     * well never have heard of it, and is told again when it asks.
     */
    restore(offer: Offer): void {
      add(offer, CONFIRMED_MS);
    },
    /** The job has begun, has ended, or was not taken. */
    settle,
    /** Calls `tell` when a job of the tenant's that is wanted may have come to wait. @returns ends it */
    listen(tenantId: string, wanted: Wanted, tell: () => void): () => void {
      const listener = { tenantId, wanted, tell };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    /** A job waits, from now on or from later on. */
    wake(job: Job): void {
      const isMeant = ({ tenantId, wanted }: Listener) => tenantId === job.tenant_id && takes(wanted, job);
      const delayMs = waitingSinceMs(job) - nowMs();
      if (delayMs > 0) later(delayMs + 1, () => wake(isMeant));
      else wake(isMeant);
    },
    /** A job of a kind has ended: where the kind is limited, another one may begin. */
    freed(kind: string): void {
      if (limits().maxRunning.has(kind)) wake(({ wanted }) => wanted.kinds.has(kind));
    },
    /** A worker that it may be has taken the job. @returns whether it was offered */
    confirm(commandId: string, mayBe: (source: string) => boolean = () => true): boolean {
      for (const offer of offers.values()) {
        if (offer.command.command_id !== commandId || !mayBe(offer.source)) continue;
        confirmOpen(offer);
        return true;
      }
      return false;
    },
    /** Ends every timer. */
    close(): void {
      for (const end of timers) end();
      timers.clear();
    },
  };
}

function startCommand(job: Job, commandId: string): StartCommand {
  const { job_id, kind, title, user_id, metadata, attempt, retry_of, first_attempt, correlation_id } = job;
  return {
    command_id: commandId,
    job_id,
    verb: "start",
    reason: retry_of === null ? null : `a retry of ${retry_of}`,
    job: {
      ...{ kind, title, user_id, metadata, attempt, retry_of, correlation_id },
      ...(first_attempt !== undefined && { first_attempt }),
    },
  };
}
