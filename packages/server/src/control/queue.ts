import { isFinalJobState, type Job } from "@playhead/core";
import { notBeforeMs, type QueueOrder, queueOrder } from "./queue-order.ts";
import { createStartRate } from "./start-rate.ts";
import { takes, type Wanted } from "./wanted.ts";

/** What the order of the line goes by. */
export interface QueueLimits {
  readonly agingMs: number;
  /** How many jobs of a kind run at a time at most, whoever runs them; a kind that is missing has no limit. */
  readonly maxRunning: ReadonlyMap<string, number>;
  /** How many jobs of a kind begin within a minute at most; a kind that is missing has no limit. */
  readonly maxPerMinute: ReadonlyMap<string, number>;
}

export interface QueueDeps {
  /** Every job that has not ended, of all tenants, oldest first. */
  readonly openJobs: () => Iterable<Job>;
  /** Whether it was given to a worker that has not begun yet. */
  readonly isOffered: (jobId: string) => boolean;
  readonly limits: () => QueueLimits;
  readonly nowMs: () => number;
}

/** The line as it stands at a moment. */
export interface Line {
  /** Those that could be started if somebody took them, oldest first. */
  readonly ready: readonly Job[];
  readonly order: QueueOrder;
  /** How many more of a kind may begin. */
  freeOf(kind: string): number;
  /** In how long another of a kind may begin, as far as its rate goes; 0 for now. */
  rateWaitMs(kind: string): number;
}

/** Whether a job is anyone's to take, now or later. */
export function isWaiting(job: Pick<Job, "state" | "worker">): boolean {
  return job.state === "pending" && job.worker === null;
}

/** The jobs that wait for a worker, and whose turn it is. Nothing is kept of them here but whose turn was last. */
export function createQueue({ openJobs, isOffered, limits, nowMs }: QueueDeps) {
  /** Turns given, by tenant. */
  const served = new Map<string, number>();
  let turns = 0;
  const rate = createStartRate({ maxPerMinute: () => limits().maxPerMinute, nowMs });

  function look(): Line {
    const now = nowMs();
    const { agingMs, maxRunning } = limits();
    const ready: Job[] = [];
    const running = new Map<string, number>();
    for (const job of openJobs()) {
      if (isWaiting(job) && !isOffered(job.job_id)) {
        if (notBeforeMs(job) <= now) ready.push(job);
      } else if (!isFinalJobState(job.state) && (job.state !== "pending" || isOffered(job.job_id))) {
        running.set(job.kind, (running.get(job.kind) ?? 0) + 1);
      }
    }
    return {
      ready,
      order: queueOrder({ nowMs: now, agingMs, servedAt: (tenantId) => served.get(tenantId) ?? 0 }),
      freeOf: (kind) => (maxRunning.get(kind) ?? Number.POSITIVE_INFINITY) - (running.get(kind) ?? 0),
      rateWaitMs: rate.waitMs,
    };
  }

  return {
    look,
    /**
     * The job that a worker of a tenant is to start next.
     *
     * @param isWanted whether a worker of the job's tenant waits for it: then it counts for the places that a limited kind
     * has left, so that one tenant cannot take them all
     */
    next(tenantId: string, wanted: Wanted, isWanted: (job: Job) => boolean): Job | null {
      const { ready, order, freeOf } = look();
      const bestOf = new Map<string, Job>();
      for (const job of ready) {
        if (job.tenant_id !== tenantId || !takes(wanted, job)) continue;
        const best = bestOf.get(job.kind);
        if (best === undefined || order.compare(job, best) < 0) bestOf.set(job.kind, job);
      }
      let best: Job | null = null;
      for (const [kind, job] of bestOf) {
        const free = freeOf(kind);
        if (free <= 0 || rate.waitMs(kind) > 0) continue;
        if (free < Number.POSITIVE_INFINITY && aheadOf(job) >= free) continue;
        if (best === null || order.compare(job, best) < 0) best = job;
      }
      return best;

      function aheadOf(job: Job): number {
        return ready.filter(
          (each) =>
            each.kind === job.kind && each.tenant_id !== tenantId && order.compare(each, job) < 0 && isWanted(each),
        ).length;
      }
    },
    /** A job was given to a worker: it is other tenants' turn. */
    noteTurn(job: Job): void {
      turns += 1;
      served.set(job.tenant_id, turns);
      rate.note(job);
    },
    /** The worker did not take it. */
    forgetTurn: rate.forget,
    rateWaitMs: rate.waitMs,
  };
}
