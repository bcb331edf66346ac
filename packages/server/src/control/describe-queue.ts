import { isFinalJobState, type Job, type WaitingReason } from "@playhead/core";
import { describeWaiting } from "./describe-waiting.ts";
import { isWaiting, type Line, type QueueLimits } from "./queue.ts";
import { notBeforeMs, waitingSinceMs } from "./queue-order.ts";
import type { Wanted } from "./wanted.ts";

export interface QueueInput {
  readonly tenantId: string;
  /** Jobs that have not ended, of all tenants. */
  readonly jobs: Iterable<Job>;
  readonly line: Line;
  /** What each worker of the tenant starts, whether it is busy or not. */
  readonly offers: readonly Wanted[];
  readonly limits: QueueLimits;
  readonly nowMs: number;
}

/** How a tenant's jobs of a kind wait. */
export interface KindLine {
  readonly kind: string;
  /** Those that could begin now, were there somebody to run them. */
  readonly waiting: number;
  /** Those that are not to begin yet. */
  readonly later: number;
  readonly running: number;
  /** How long the one that came first has waited; null where none waits. */
  readonly oldestWaitMs: number | null;
  /** Workers that offer it, busy or not. */
  readonly workers: number;
  /** Why the first of them has not begun; null where none waits. */
  readonly reason: WaitingReason | null;
  readonly maxRunning: number | null;
  readonly maxPerMinute: number | null;
}

interface Tally {
  readonly ready: Job[];
  readonly later: Job[];
  running: number;
}

/** The kinds of a tenant of which something waits or runs, those first of which one has waited longest. */
export function describeQueue({ tenantId, jobs, line, offers, limits, nowMs }: QueueInput): readonly KindLine[] {
  const describe = describeWaiting({ tenantId, line, offers, nowMs });
  const kinds = new Map<string, Tally>();
  for (const job of jobs) {
    if (job.tenant_id !== tenantId || isFinalJobState(job.state)) continue;
    const tally = kinds.get(job.kind) ?? { ready: [], later: [], running: 0 };
    kinds.set(job.kind, tally);
    if (!isWaiting(job)) tally.running += 1;
    else (notBeforeMs(job) > nowMs ? tally.later : tally.ready).push(job);
  }
  return [...kinds]
    .map(([kind, { ready, later, running }]) => {
      const first = ready.length === 0 ? later[0] : ready.reduce((a, b) => (line.order.compare(b, a) < 0 ? b : a));
      const oldestMs = ready.reduce((since, job) => Math.min(since, waitingSinceMs(job)), nowMs);
      return {
        ...{ kind, waiting: ready.length, later: later.length, running },
        oldestWaitMs: ready.length === 0 ? null : nowMs - oldestMs,
        workers: offers.filter(({ kinds: offered }) => offered.has(kind)).length,
        reason: first === undefined ? null : (describe(first)?.reason ?? null),
        maxRunning: limits.maxRunning.get(kind) ?? null,
        maxPerMinute: limits.maxPerMinute.get(kind) ?? null,
      };
    })
    .sort((a, b) => (b.oldestWaitMs ?? -1) - (a.oldestWaitMs ?? -1) || a.kind.localeCompare(b.kind));
}
