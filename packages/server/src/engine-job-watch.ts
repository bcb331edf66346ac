import { setImmediate as othersTurn } from "node:timers/promises";
import { everySecond, type Job, PlayheadError } from "@playhead/core";
import type { AttemptLimits } from "./attempts/attempts.ts";
import type { Config } from "./config/config.ts";
import type { Control } from "./control/control.ts";
import { createControlDeadlines } from "./control/control-deadlines.ts";
import type { QueueLimits } from "./control/queue.ts";
import { setTimer } from "./engine-timer.ts";
import type { Ingest } from "./ingest/ingest.ts";
import { type LiveJob, liveFraction } from "./ingest/live-job.ts";
import type { LivenessLimits } from "./liveness/assess-liveness.ts";
import { createLivenessWatch } from "./liveness/liveness-watch.ts";

/** How long what may take, before something is said or done about it. In milliseconds. */
export interface JobLimits extends LivenessLimits {
  readonly leaseMs: number;
  readonly pauseDeadlineMs: number;
  readonly cancelDeadlineMs: number;
  /** In which order jobs that wait are started, and how many of a kind at a time. */
  readonly queue: QueueLimits;
  /** When a job that failed is tried again by itself. */
  readonly attempts: AttemptLimits;
  /** What is different for jobs of a kind. */
  readonly kinds: Readonly<Record<string, Partial<Pick<LivenessLimits, "stuckAfterMs" | "stallAfterMs">>>>;
}

export const DEFAULT_JOB_LIMITS: JobLimits = {
  workerLostAfterMs: 60_000,
  leaseMs: 300_000,
  stuckAfterMs: 1_800_000,
  stallAfterMs: 120_000,
  pauseDeadlineMs: 300_000,
  cancelDeadlineMs: 30_000,
  queue: { agingMs: 60_000, maxRunning: new Map(), maxPerMinute: new Map() },
  attempts: { firstDelayMs: 10_000, maxAttempts: 3, maxAttemptsOf: new Map() },
  kinds: {},
};

/** The limits that a configuration sets. */
export function jobLimitsOf(config: Config): JobLimits {
  const kinds = Object.entries(config.kinds).map(([kind, { stuck_after_ms, stall_after_ms }]) => [
    kind,
    {
      ...(stuck_after_ms !== undefined && { stuckAfterMs: stuck_after_ms }),
      ...(stall_after_ms !== undefined && { stallAfterMs: stall_after_ms }),
    },
  ]);
  return {
    workerLostAfterMs: config.worker_lost_after_ms,
    leaseMs: config.worker_lease_ms,
    stuckAfterMs: config.stuck_after_ms,
    stallAfterMs: config.stall_after_ms,
    pauseDeadlineMs: config.pause_deadline_ms,
    cancelDeadlineMs: config.cancel_deadline_ms,
    queue: {
      agingMs: config.queue_aging_ms,
      maxRunning: new Map(setOfKinds(config, ({ max_running }) => max_running)),
      maxPerMinute: new Map(setOfKinds(config, ({ max_per_minute }) => max_per_minute)),
    },
    attempts: {
      firstDelayMs: config.retry_delay_ms,
      maxAttempts: config.max_attempts,
      maxAttemptsOf: new Map(setOfKinds(config, ({ max_attempts }) => max_attempts)),
    },
    kinds: Object.fromEntries(kinds),
  };
}

/** What is set of each kind of which something is. */
function setOfKinds(
  { kinds }: Config,
  settingOf: (settings: Config["kinds"][string]) => number | undefined,
): (readonly [kind: string, value: number])[] {
  return Object.entries(kinds).flatMap(([kind, settings]) => {
    const value = settingOf(settings);
    return value === undefined ? [] : [[kind, value] as const];
  });
}

export interface JobWatchDeps {
  readonly ingest: Pick<Ingest, "jobs" | "report">;
  /** For how long a job's worker has been silent; null for one of which nothing can be expected. */
  readonly workerSilentMs: (job: Job) => number | null;
  readonly control: Pick<Control, "command">;
  /** Asked each time: they may change. */
  readonly limits: () => JobLimits;
  readonly nowMs: () => number;
  /** Told of what nobody foresaw. */
  readonly onError: (error: unknown, jobId: string) => void;
}

/** So many jobs are looked at before others get their turn: about a millisecond's work. */
const AT_ONCE = 500;

/** Looks at all open jobs once a second: does the worker live, does the work advance, is anything overdue? */
export function watchJobs({ ingest, workerSilentMs, control, limits, nowMs, onError }: JobWatchDeps) {
  /** What was done about a job and is not stored yet; until then it is left alone. */
  const busy = new Set<string>();

  /** Between the look and the deed a job may have changed by itself: a refusal is no fault. */
  function act(jobId: string, deed: () => Promise<void>): void {
    if (busy.has(jobId)) return;
    busy.add(jobId);
    deed()
      .catch((error: unknown) => {
        const isPast = error instanceof PlayheadError && (error.code === "conflict" || error.code === "not_found");
        if (!isPast) onError(error, jobId);
      })
      .finally(() => busy.delete(jobId));
  }

  const limitsOf = byKind(limits);
  const liveness = createLivenessWatch({
    limitsOf,
    leaseMs: () => limits().leaseMs,
    workerSilentMs,
    report: (tenantId, record) => act(record.job_id, () => ingest.report(tenantId, record)),
  });
  const deadlines = createControlDeadlines({
    limits,
    command: (tenantId, jobId, verb, reason) => act(jobId, () => control.command(tenantId, jobId, verb, reason)),
    endCanceled: (tenantId, jobId, reason) =>
      act(jobId, () => ingest.report(tenantId, { type: "job.canceled", job_id: jobId, data: { reason } })),
  });

  let isLooking = false;
  let isClosed = false;

  async function lookAtAll(): Promise<void> {
    let looked = 0;
    for (const live of ingest.jobs.open()) {
      if (isClosed) return;
      look(live);
      looked += 1;
      if (looked % AT_ONCE === 0) await othersTurn();
    }
  }

  function look(live: LiveJob): void {
    const { draft, lastTouchedMs, lastMovedMs } = live;
    const now = nowMs();
    deadlines.check(draft, now);
    liveness.check({ draft, lastTouchedMs, lastMovedMs, fraction: () => liveFraction(live) }, now);
  }

  const endLooks = everySecond(
    () => {
      if (isLooking) return;
      isLooking = true;
      void lookAtAll().finally(() => {
        isLooking = false;
      });
    },
    { nowMs, setTimer },
  );
  return {
    /** Ends a job whose worker is known to be gone, before its lease is over. */
    endLost: liveness.endLost,
    close(): void {
      isClosed = true;
      endLooks();
    },
  };
}

/** The limits of a kind, put together once for as long as they stay the same. */
function byKind(limits: () => JobLimits): (kind: string) => JobLimits {
  let known = { of: limits(), kinds: kindsOf(limits()) };
  return (kind) => {
    const now = limits();
    if (known.of !== now) known = { of: now, kinds: kindsOf(now) };
    return known.kinds.get(kind) ?? now;
  };
}

function kindsOf(limits: JobLimits): ReadonlyMap<string, JobLimits> {
  return new Map(Object.entries(limits.kinds).map(([kind, own]) => [kind, { ...limits, ...own }]));
}
