import type { JobSummary, JobsFilter } from "@playhead/core";
import type { JobChanges, LiveBus } from "../bus/bus.ts";
import { type SharedFrame, sharedFrame } from "./shared-frame.ts";

export interface JobsFeedSource {
  readonly bus: Pick<LiveBus, "subscribeChanges">;
  /** Those of the jobs that are in memory, as they stand, once that is stored. */
  readonly readJobs: (jobIds: readonly string[]) => Promise<readonly JobSummary[]>;
  readonly onError: (error: unknown) => void;
}

/** One client that follows a list. */
export interface JobsListener {
  readonly tenantId: string;
  readonly filter: JobsFilter;
  readonly ref: string;
  readonly send: (frame: SharedFrame, slot: string) => void;
  /** Nobody knows which jobs changed for a while: the list has to be read anew. */
  readonly lost: () => void;
}

/** A list is brought up to date at most this often. */
const EVERY_MS = 250;
/** Of jobs whose bar moved no more are told at once, so that nobody else waits; the others follow. */
const MOVED_AT_ONCE = 250;

/** Tells those who follow lists which jobs changed; absolute values, so that the latest says it all. */
export function createJobsFeed({ bus, readJobs, onError }: JobsFeedSource) {
  const listeners = new Set<JobsListener>();
  /** Jobs that changed themselves (their state, their title), and those on which only something moved. */
  const changed = new Set<string>();
  const moved = new Set<string>();
  let timer: NodeJS.Timeout | null = null;
  let isTelling = false;
  let closed = false;

  /** Null while nobody follows a list: what happens to all jobs is a lot to hear for nothing. */
  let unsubscribe: (() => void) | null = null;

  function note(changes: JobChanges | null): void {
    if (changes === null) return endAll();
    for (const jobId of changes.changed) {
      changed.add(jobId);
      moved.delete(jobId);
    }
    for (const jobId of changes.moved) if (!changed.has(jobId)) moved.add(jobId);
    arm();
  }

  function endAll(): void {
    const lost = [...listeners];
    for (const listener of lost) {
      remove(listener);
      listener.lost();
    }
  }

  function remove(listener: JobsListener): void {
    if (!listeners.delete(listener) || listeners.size > 0) return;
    unsubscribe?.();
    unsubscribe = null;
    changed.clear();
    moved.clear();
  }

  function arm(): void {
    if (timer !== null || isTelling || closed || changed.size + moved.size === 0) return;
    timer = setTimeout(() => {
      timer = null;
      isTelling = true;
      tell()
        .catch(onError)
        .finally(() => {
          isTelling = false;
          arm();
        });
    }, EVERY_MS);
  }

  async function tell(): Promise<void> {
    const jobIds = new Set(changed);
    changed.clear();
    for (const jobId of moved) {
      if (jobIds.size >= MOVED_AT_ONCE) break;
      jobIds.add(jobId);
      moved.delete(jobId);
    }
    if (listeners.size === 0) return;
    for (const job of await readJobs([...jobIds])) tellOf(job);
  }

  function tellOf(job: JobSummary): void {
    let json: string | null = null;
    for (const { tenantId, filter, ref, send } of listeners) {
      if (job.tenant_id !== tenantId || !matches(job, filter)) continue;
      json ??= JSON.stringify(job);
      const name = JSON.stringify(ref);
      const frame = sharedFrame(`{"type":"jobs.changed","data":{"ref":${name},"job":${json}}}`);
      send(frame, `list ${name} ${job.job_id}`);
    }
  }

  return {
    /** @returns ends the subscription */
    add(listener: JobsListener): () => void {
      listeners.add(listener);
      unsubscribe ??= bus.subscribeChanges(note);
      return () => remove(listener);
    },
    close(): void {
      closed = true;
      unsubscribe?.();
      if (timer !== null) clearTimeout(timer);
      listeners.clear();
    },
  };
}

export type JobsFeed = ReturnType<typeof createJobsFeed>;

/** Not by state: a job that leaves the wanted states must be told of as well, or it would stay in the list. */
function matches(job: JobSummary, { kind, user_id: userId }: JobsFilter): boolean {
  return (kind === undefined || kind.includes(job.kind)) && (userId === undefined || job.user_id === userId);
}
