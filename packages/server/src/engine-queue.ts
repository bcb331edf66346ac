import { isFinalJobState, type Job } from "@playhead/core";
import type { Bus } from "./bus/bus.ts";
import type { KindLine } from "./control/describe-queue.ts";
import { isWaiting, type QueueLimits } from "./control/queue.ts";
import { waitingSinceMs } from "./control/queue-order.ts";
import type { Ingest } from "./ingest/ingest.ts";
import type { JobQueue, KindCounts, OpenQueue, QueuedJob } from "./queue/job-queue.ts";

export interface EngineQueueDeps {
  /** Opens a queue outside of the server; null where workers ask the server alone. */
  readonly open: OpenQueue | null;
  readonly ingest: Pick<Ingest, "jobs">;
  readonly bus: Pick<Bus, "subscribeAll">;
  /** How a tenant's jobs wait, by kind, whoever takes them. */
  readonly linesOf: (tenantId: string) => readonly KindLine[];
  readonly limits: () => QueueLimits;
  readonly nowMs: () => number;
}

/** How a tenant's jobs of a kind wait, with what a queue outside of the server has of them. */
export interface KindState extends KindLine {
  readonly outside: KindCounts | null;
}

/** How many jobs of a kind wait, whosever they are. */
export interface KindWaiting {
  readonly kind: string;
  readonly ready: number;
  readonly later: number;
  readonly oldestWaitMs: number;
}

type Writable<Data> = { -readonly [Name in keyof Data]: Data[Name] };

/** How jobs wait. */
export interface QueueState {
  readonly engine: "built_in" | "bullmq";
  /** Whether the queue outside of the server can be reached; null where there is none. */
  readonly isConnected: boolean | null;
  readonly kinds: readonly KindState[];
}

/** After these a job waits, or does not any more. */
const CHANGES: ReadonlySet<string> = new Set([
  "job.created",
  "job.state_changed",
  "job.completed",
  "job.failed",
  "job.canceled",
]);

/** The queue of an engine: the line of `control/`, and what takes it to workers that do not ask the server, where something does. */
export function assembleQueue({ open, ingest, bus, linesOf, limits, nowMs }: EngineQueueDeps) {
  let queue: JobQueue | null = null;

  /** What of it is not stored yet does not matter: who claims it is told to wait for that. */
  function findWaiting(jobId: string): QueuedJob | null {
    const job = ingest.jobs.peek(jobId)?.draft;
    return job !== undefined && isWaiting(job) ? queuedJob(job) : null;
  }

  function isOpen(jobId: string): boolean {
    const job = ingest.jobs.peek(jobId)?.draft;
    return job !== undefined && !isFinalJobState(job.state);
  }

  function* waiting(): Generator<QueuedJob> {
    for (const { draft } of ingest.jobs.open()) if (isWaiting(draft)) yield queuedJob(draft);
  }

  const endListening = bus.subscribeAll((publications) => {
    for (const { jobId, content } of publications) {
      if ("type" in content && CHANGES.has(content.type)) queue?.noteChange(jobId);
    }
  });

  return {
    /** Begins to hand out what waits; to be called once all that waits is known. */
    start(): void {
      queue = open?.({ waiting, findWaiting, isOpen, pace: limits, nowMs }) ?? null;
    },
    /** How the jobs of all tenants wait, by kind. */
    waiting(): readonly KindWaiting[] {
      const kinds = new Map<string, Writable<KindWaiting>>();
      const now = nowMs();
      for (const { kind, sinceMs } of waiting()) {
        const tally = kinds.get(kind) ?? { kind, ready: 0, later: 0, oldestWaitMs: 0 };
        kinds.set(kind, tally);
        const waitMs = now - sinceMs;
        if (waitMs < 0) tally.later += 1;
        else tally.ready += 1;
        tally.oldestWaitMs = Math.max(tally.oldestWaitMs, waitMs);
      }
      return [...kinds.values()];
    },
    readCounts: async () => (await queue?.readCounts(null)) ?? null,
    /** What it goes by has changed. */
    notePace: () => queue?.notePace(),
    isConnected: () => queue?.isConnected() ?? null,
    async read(tenantId: string): Promise<QueueState> {
      const counts = (await queue?.readCounts(tenantId)) ?? [];
      const kinds = linesOf(tenantId).map((line) => ({
        ...line,
        outside: counts.find(({ kind }) => kind === line.kind) ?? null,
      }));
      return { engine: queue === null ? "built_in" : "bullmq", isConnected: queue?.isConnected() ?? null, kinds };
    },
    async close(): Promise<void> {
      endListening();
      await queue?.close();
    },
  };
}

function queuedJob(job: Job): QueuedJob {
  const { job_id: jobId, tenant_id: tenantId, kind, priority = 0 } = job;
  return { jobId, tenantId, kind, priority, sinceMs: waitingSinceMs(job) };
}
