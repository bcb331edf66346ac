import type { Job } from "@playhead/core";

/** Who comes first of those that wait. */
export interface QueueOrder {
  /** @returns below 0 when the first is to be started before the second */
  compare(one: Job, other: Job): number;
}

export interface QueueOrderInput {
  readonly nowMs: number;
  /** After each of these a job that waits counts as one point of priority more. */
  readonly agingMs: number;
  /** When a tenant was given a worker last, by any clock that grows; 0 for never. */
  readonly servedAt: (tenantId: string) => number;
}

/** Drafts stay the same objects while they wait. */
const sinceOf = new WeakMap<Job, number>();

/** Since when a job could have been started, in milliseconds. */
export function waitingSinceMs(job: Job): number {
  let sinceMs = sinceOf.get(job);
  if (sinceMs === undefined) {
    sinceMs = Math.max(Date.parse(job.created_at) || 0, notBeforeMs(job));
    sinceOf.set(job, sinceMs);
  }
  return sinceMs;
}

/** The moment before which a job is not to begin; 0 for none. */
export function notBeforeMs({ not_before: moment }: Pick<Job, "not_before">): number {
  return moment === undefined ? 0 : Date.parse(moment) || 0;
}

/**
 * The priority with which a job stands in line: its own, and a point for each full `agingMs` that it has waited. So nothing
 * starves: after 200 of them the least urgent job comes before the most urgent that is new.
 */
export function effectivePriority(job: Job, nowMs: number, agingMs: number): number {
  return pointsOf(job, waitingSinceMs(job), nowMs, agingMs);
}

function pointsOf({ priority = 0 }: Job, sinceMs: number, nowMs: number, agingMs: number): number {
  return priority + Math.floor(Math.max(0, nowMs - sinceMs) / agingMs);
}

/** By effective priority; among equals the tenant that has waited longest for its turn; then who came first. */
export function queueOrder({ nowMs, agingMs, servedAt }: QueueOrderInput): QueueOrder {
  const placeOf = (job: Job) => ({ job, points: effectivePriority(job, nowMs, agingMs), sinceMs: waitingSinceMs(job) });
  /** Whoever looks for the first of very many compares each with the best so far: that one is not worked out each time. */
  let best: ReturnType<typeof placeOf> | null = null;
  return {
    compare(one, other) {
      if (best?.job !== other) best = placeOf(other);
      const sinceMs = waitingSinceMs(one);
      const turn = one.tenant_id === other.tenant_id ? 0 : servedAt(one.tenant_id) - servedAt(other.tenant_id);
      return best.points - pointsOf(one, sinceMs, nowMs, agingMs) || turn || sinceMs - best.sinceMs;
    },
  };
}
