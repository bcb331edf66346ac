import { EVENT_TYPES } from "@playhead/core";
import type { Publication } from "../bus.ts";

/** What waits to be said of one job: what was dropped of it is said as the position that it led to. */
export interface OutgoingJob {
  readonly jobId: string;
  readonly tenantId: string;
  /** In the order in which it happened; of ticks of a slot only the latest. */
  readonly entries: Map<string | number, Entry>;
  seq: number;
  log: number;
  ended: boolean;
  /** Whether facts and lines of it were dropped since it was said last; whether ticks were. */
  dropped: boolean;
  ticksDropped: boolean;
  sizeBytes: number;
}

export interface Entry {
  readonly kind: "f" | "t" | "l";
  readonly number: number;
  /** Of a tick, and of the task that a fact ends; JSON. Empty for others. */
  readonly slot: string;
  readonly frame: string;
}

/** What an entry, and what a job costs beside its frames. */
const ENTRY_BYTES = 200;
const JOB_BYTES = 500;
/** Facts after which a task says nothing any more. */
const ENDS_TASK = /\.(?:completed|failed|skipped|canceled)$/;
const ENDS_JOB: ReadonlySet<string> = new Set(["job.completed", "job.failed", "job.canceled"]);

/**
 * What waits for Redis, bounded in bytes: ticks replace one another; what finds no room is dropped with all other facts
 * and lines that wait of its job, since after a gap they are read from the store all together. Then only the position
 * waits, and of very many jobs not even that.
 */
export function createOutgoing(maxBytes: number) {
  let jobs = new Map<string, OutgoingJob>();
  let sizeBytes = 0;
  let entryNo = 0;
  let droppedCount = 0;
  let hasForgotten = false;

  function jobOf({ jobId, tenantId }: Publication): OutgoingJob | null {
    const known = jobs.get(jobId);
    if (known !== undefined) return known;
    // Positions may take as much again as everything else.
    if (sizeBytes >= 2 * maxBytes) return null;
    const job: OutgoingJob = {
      ...{ jobId, tenantId, entries: new Map(), seq: 0, log: 0 },
      ...{ ended: false, dropped: false, ticksDropped: false, sizeBytes: 0 },
    };
    jobs.set(jobId, job);
    grow(job, JOB_BYTES);
    return job;
  }

  function grow(job: OutgoingJob, bytes: number): void {
    job.sizeBytes += bytes;
    sizeBytes += bytes;
  }

  function put(job: OutgoingJob, key: string | number, entry: Entry): void {
    const bytes = ENTRY_BYTES + entry.frame.length;
    const earlier = job.entries.get(key);
    if (earlier !== undefined) {
      job.entries.delete(key);
      grow(job, -ENTRY_BYTES - earlier.frame.length);
    }
    if (sizeBytes + bytes <= maxBytes && (entry.kind === "t" || !job.dropped)) {
      job.entries.set(key, entry);
      grow(job, bytes);
      return;
    }
    droppedCount += 1;
    if (entry.kind === "t") job.ticksDropped = true;
    else if (!job.dropped) dropFacts(job);
  }

  function dropFacts(job: OutgoingJob): void {
    job.dropped = true;
    for (const [key, { kind, frame }] of job.entries) {
      if (kind === "t") continue;
      droppedCount += 1;
      job.entries.delete(key);
      grow(job, -ENTRY_BYTES - frame.length);
    }
  }

  return {
    add(publication: Publication): void {
      const { seq, tick, slot, content } = publication;
      const job = jobOf(publication);
      if (job === null) {
        droppedCount += 1;
        hasForgotten = true;
        return;
      }
      const frame = publication.frame();
      entryNo += 1;
      if ("log_id" in content) {
        job.log = Math.max(job.log, content.log_id);
        put(job, entryNo, { kind: "l", number: content.log_id, slot: "", frame });
        return;
      }
      // A line may stand at a fact that is not stored yet; these do not.
      job.seq = Math.max(job.seq, seq);
      if (tick === undefined) {
        if (ENDS_JOB.has(content.type)) job.ended = true;
        put(job, entryNo, { kind: "f", number: seq, slot: endedSlotOf(publication), frame });
      } else {
        const name = JSON.stringify(slot ?? "");
        put(job, name, { kind: "t", number: tick, slot: name, frame });
      }
    },
    /** Takes what waited longest, up to so many jobs; it counts until {@link settle}. */
    take(maxJobs: number): readonly OutgoingJob[] {
      const taken: OutgoingJob[] = [];
      for (const job of jobs.values()) {
        if (taken.length >= maxJobs) break;
        jobs.delete(job.jobId);
        taken.push(job);
      }
      // A map from which much was deleted is not made smaller.
      if (jobs.size === 0) jobs = new Map();
      return taken;
    },
    /** What was taken has been said. */
    settle(taken: readonly OutgoingJob[]): void {
      for (const job of taken) sizeBytes -= job.sizeBytes;
    },
    isEmpty: () => jobs.size === 0,
    sizeBytes: () => sizeBytes,
    droppedCount: () => droppedCount,
    /** Whether even positions of jobs were dropped since the last call. */
    takeForgotten(): boolean {
      const was = hasForgotten;
      hasForgotten = false;
      return was;
    },
  };
}

function endedSlotOf({ content }: Publication): string {
  if (!("type" in content) || EVENT_TYPES[content.type].subject !== "task" || !ENDS_TASK.test(content.type)) return "";
  const { task_id: taskId } = content.data;
  return typeof taskId === "string" ? JSON.stringify(taskId) : "";
}
