import type { Job, StartCommand } from "@playhead/core";

export interface StartsDeps {
  /** The tenant's jobs that wait for a worker, oldest first. */
  readonly waitingJobs: (tenantId: string) => Iterable<Job>;
  readonly nowMs: () => number;
  readonly newId: () => string;
}

/** Who was given a job, and has not yet said that it runs. */
interface Offer {
  readonly source: string;
  readonly command: StartCommand;
  atMs: number;
  isConfirmed: boolean;
}

/** A worker that does not confirm a start, or confirms it and never begins, has this long; then another one gets it. */
const UNCONFIRMED_MS = 30_000;
const CONFIRMED_MS = 120_000;

/** Hands jobs that wait (announced over HTTP, or retries) to workers of their kind, each to one worker at a time. */
export function createStarts({ waitingJobs, nowMs, newId }: StartsDeps) {
  const offers = new Map<string, Offer>();
  const waiting = new Set<{ tenantId: string; kinds: ReadonlySet<string>; tell: () => void }>();

  const hasLapsed = ({ atMs, isConfirmed }: Offer) => nowMs() - atMs > (isConfirmed ? CONFIRMED_MS : UNCONFIRMED_MS);

  function forgetLapsed(): void {
    for (const [jobId, offer] of offers) if (hasLapsed(offer)) offers.delete(jobId);
  }

  function firstWaiting(tenantId: string, kinds: ReadonlySet<string>): Job | null {
    for (const job of waitingJobs(tenantId)) if (kinds.has(job.kind) && !offers.has(job.job_id)) return job;
    return null;
  }

  return {
    /** What this worker is to start: what it was given and has not confirmed, else the next one that waits. */
    offer(tenantId: string, source: string, kinds: ReadonlySet<string>): readonly StartCommand[] {
      forgetLapsed();
      const open = [...offers.values()].filter((offer) => offer.source === source && !offer.isConfirmed);
      for (const offer of open) offer.atMs = nowMs();
      if (open.length > 0) return open.map(({ command }) => command);
      const job = firstWaiting(tenantId, kinds);
      if (job === null) return [];
      const command = startCommand(job, newId());
      offers.set(job.job_id, { source, command, atMs: nowMs(), isConfirmed: false });
      return [command];
    },
    /** Calls `tell` when a job of the tenant's, of these kinds, may have come to wait. @returns ends it */
    listen(tenantId: string, kinds: ReadonlySet<string>, tell: () => void): () => void {
      const listener = { tenantId, kinds, tell };
      waiting.add(listener);
      return () => void waiting.delete(listener);
    },
    /** A job of the tenant's, of this kind, waits. */
    wake(tenantId: string, kind: string): void {
      for (const each of [...waiting]) if (each.tenantId === tenantId && each.kinds.has(kind)) each.tell();
    },
    /** A worker that it may be has taken the job. @returns whether it was offered */
    confirm(commandId: string, mayBe: (source: string) => boolean = () => true): boolean {
      for (const offer of offers.values()) {
        if (offer.command.command_id !== commandId || !mayBe(offer.source)) continue;
        offer.isConfirmed = true;
        offer.atMs = nowMs();
        return true;
      }
      return false;
    },
  };
}

function startCommand(job: Job, commandId: string): StartCommand {
  const { job_id, kind, title, user_id, metadata, attempt, retry_of, correlation_id } = job;
  return {
    command_id: commandId,
    job_id,
    verb: "start",
    reason: retry_of === null ? null : `a retry of ${retry_of}`,
    job: { kind, title, user_id, metadata, attempt, retry_of, correlation_id },
  };
}
