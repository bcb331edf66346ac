import type { Job, JobWaiting } from "@playhead/core";
import { isWaiting, type Line } from "./queue.ts";
import { notBeforeMs } from "./queue-order.ts";
import { takes, type Wanted } from "./wanted.ts";

export interface WaitingInput {
  readonly tenantId: string;
  readonly line: Line;
  /** What each worker of the tenant starts, whether it is busy or not. */
  readonly offers: readonly Wanted[];
  readonly nowMs: number;
}

/** A job, as far as its waiting goes. */
export type WaitingJob = Omit<Job, "tasks">;

/** Tells of each pending job of a tenant what it waits for; null for one that waits for nobody. */
export function describeWaiting({
  tenantId,
  line,
  offers,
  nowMs,
}: WaitingInput): (job: WaitingJob) => JobWaiting | null {
  let ordered: readonly Job[] | null = null;

  /** 1 for the next of those that the same workers could take. Other tenants' jobs are nobody's business. */
  function positionOf(job: WaitingJob): number {
    ordered ??= line.ready.filter((each) => each.tenant_id === tenantId).sort(line.order.compare);
    const sharing = offers.filter((offer) => takes(offer, job));
    let position = 1;
    for (const each of ordered) {
      if (each.job_id === job.job_id) return position;
      if (sharing.some((offer) => takes(offer, each))) position += 1;
    }
    // Somebody has just been given it.
    return 1;
  }

  return (job) => {
    if (!isWaiting(job)) return null;
    const laterMs = notBeforeMs(job) - nowMs;
    if (laterMs > 0) {
      return { reason: "later", position: null, message: `to be tried again in ${secondsWords(laterMs)}` };
    }
    if (!offers.some((offer) => takes(offer, job))) {
      return { reason: "no_worker", position: null, message: `no worker offers ${job.kind}` };
    }
    const position = positionOf(job);
    if (line.freeOf(job.kind) <= 0) {
      const message = `${ordinal(position)} in line: as many ${job.kind} jobs run as may at a time`;
      return { reason: "kind_limit", position, message };
    }
    if (line.rateWaitMs(job.kind) > 0) {
      const message = `${ordinal(position)} in line: as many ${job.kind} jobs have begun as may in a minute`;
      return { reason: "rate_limit", position, message };
    }
    return { reason: "in_line", position, message: `${ordinal(position)} in line` };
  };
}

function secondsWords(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** 1st, 2nd, 3rd, 4th … 11th … 21st. */
function ordinal(position: number): string {
  const isTeen = Math.floor(position / 10) % 10 === 1;
  const ending = isTeen ? "th" : (["th", "st", "nd", "rd"][position % 10] ?? "th");
  return `${position}${ending}`;
}
