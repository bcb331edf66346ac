import type { QueuedJob } from "../job-queue.ts";

/** The lowest and the highest priority that BullMQ knows, beside 0, which is none; the lower, the sooner. */
const FIRST = 1;
const LAST = 2 ** 21 - 1;
/** Ranks are counted from here; it moves on once in so many steps, and every job is ranked anew. */
const HALF = 2 ** 20;

/** From where ranks are counted, and in which steps: those of two scales say nothing of each other. */
export interface RankScale {
  readonly agingMs: number;
  /** In steps of `agingMs` since 1970. */
  readonly base: number;
}

/** The scale of a moment: the same for every process, for as long as 2^20 steps take (two years, at a minute each). */
export function rankScale(agingMs: number, nowMs: number): RankScale {
  return { agingMs, base: (Math.floor(nowMs / agingMs / HALF) - 1) * HALF };
}

/**
 * The place of a job in the order of BullMQ, so that it need not be changed while the job ages. By effective priority the
 * first of two jobs is the one with more of `priority + (now - since) / aging`; `now` is the same for both, so it is the one
 * with less of `since / aging - priority`, which is known when the job comes.
 */
export function rankOf({ priority, sinceMs }: Pick<QueuedJob, "priority" | "sinceMs">, scale: RankScale): number {
  const rank = Math.floor(sinceMs / scale.agingMs) - priority - scale.base;
  return Math.min(LAST, Math.max(FIRST, rank));
}
