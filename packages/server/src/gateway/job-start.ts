import { isFinalJobState, type JobSnapshot, PlayheadError, snapshotOf } from "@playhead/core";
import type { JobLogs } from "../store/job-logs.ts";
import type { Store } from "../store/store.ts";
import type { FeedJob, Since } from "./feed-job.ts";
import type { JobChannels } from "./job-channels.ts";
import { type SharedFrame, sharedFrame } from "./shared-frame.ts";
import { createStandings, type Standings } from "./standings.ts";

/** Where the gateway finds jobs, and what happens to them. */
export interface FeedSource extends JobStarts {
  readonly epoch: string;
  readonly channels: JobChannels;
  readonly store: Pick<Store, "readFacts">;
  readonly logs: JobLogs;
}

/** Where feeds begin. Beside the server that takes reports: from its memory. Elsewhere: from what it has told. */
export interface JobStarts {
  /** @throws PlayheadError `not_found` for no job, and for another tenant's. */
  findStart(request: JobFeedRequest): Promise<JobStart>;
  /** Whose job it is; null for no job. */
  tenantOf(jobId: string): Promise<string | null>;
  /** The last fact of a job as far as it is known without asking; 0 where nothing is. */
  headOf(jobId: string): number;
}

/** The jobs of the server that takes reports. */
export interface JobsInMemory {
  readonly epoch: string;
  readonly store: Pick<Store, "readSnapshot">;
  /** The job if it is in memory. It may leave, so it is asked for anew after each `await`. */
  readonly peekJob: (jobId: string) => FeedJob | undefined;
  /** Takes a stored job into memory. */
  readonly loadJob: (jobId: string) => Promise<unknown>;
}

interface Source extends JobsInMemory {
  readonly standings: Standings;
}

export interface JobFeedRequest {
  readonly tenantId: string;
  readonly jobId: string;
  /** Null wants a snapshot. */
  readonly since: Since | null;
}

/** Where a feed begins. */
export interface JobStart {
  readonly seq: number;
  readonly tick: number;
  /** Null where the client can go on from what it has. */
  readonly snapshot: JobSnapshot | null;
  /** Where everything stands, for who goes on without a snapshot. */
  readonly ticks: readonly SharedFrame[];
}

/** A client that missed more than this gets a snapshot. */
export const MAX_REPLAY = 5_000;

/** The starts of feeds beside the server that takes reports. */
export function createStartsInMemory(jobs: JobsInMemory): JobStarts {
  const source: Source = { ...jobs, standings: createStandings() };
  return {
    findStart: (request) => findJobStart(source, request),
    tenantOf: async (jobId) =>
      (jobs.peekJob(jobId)?.draft ?? (await jobs.store.readSnapshot(jobId)))?.tenant_id ?? null,
    headOf: (jobId) => jobs.peekJob(jobId)?.draft.seq ?? 0,
  };
}

/**
 * The start from memory, as soon as what it shows is stored; from the store for a job that has ended and left memory,
 * or while the store refuses to write: what it does not show yet comes to the feed once it is stored.
 *
 * @throws PlayheadError `not_found` for no job, and for another tenant's.
 */
async function findJobStart(source: Source, request: JobFeedRequest): Promise<JobStart> {
  const { jobId, tenantId } = request;
  const known = source.peekJob(jobId);
  const fromKnown = known && (await startFromMemory(source, request, known));
  if (fromKnown) return fromKnown;
  const stored = await source.store.readSnapshot(jobId);
  if (stored === null || stored.tenant_id !== tenantId) throw noSuchJob(jobId);
  if (known === undefined && !isFinalJobState(stored.state)) {
    await source.loadJob(jobId);
    const loaded = source.peekJob(jobId);
    const fromLoaded = loaded && (await startFromMemory(source, request, loaded));
    if (fromLoaded) return fromLoaded;
  }
  return startFromStore(source, request, stored, known === undefined);
}

/** @throws PlayheadError `not_found` for no job, and for another tenant's. */
export async function expectJobOf(source: JobStarts, tenantId: string, jobId: string): Promise<void> {
  if ((await source.tenantOf(jobId)) !== tenantId) throw noSuchJob(jobId);
}

/** What is said of no job, of another tenant's, and of one that a credential does not cover. */
export function noSuchJob(jobId: string): PlayheadError {
  return new PlayheadError("not_found", `there is no job ${jobId}`);
}

/** @returns null when what the job shows by now is not stored soon */
async function startFromMemory(
  { epoch, standings }: Source,
  { jobId, tenantId, since }: JobFeedRequest,
  job: FeedJob,
): Promise<JobStart | null> {
  const { draft, storedSoon } = job;
  if (draft.tenant_id !== tenantId) throw noSuchJob(jobId);
  // All of it at one moment: the numbers, the snapshot and the ticks belong together.
  const recovered = draft.details_removed_at === undefined && canReplay(since, epoch, draft.seq);
  if (!recovered) job.asked();
  const snapshot = recovered ? null : snapshotOf(draft);
  const ticks = recovered ? standings.since(job, since) : [];
  const start: JobStart = { seq: draft.seq, tick: draft.tick, snapshot, ticks };
  return (await storedSoon()) ? start : null;
}

/** @param isAll whether the store has all of it, ticks included; else nobody can tell which ticks a client missed */
export function startFromStore(
  { epoch }: Pick<Source, "epoch">,
  { since }: Pick<JobFeedRequest, "since">,
  stored: JobSnapshot,
  isAll: boolean,
): JobStart {
  const { job_id, correlation_id, seq, progress } = stored;
  const hasFacts = stored.details_removed_at === undefined;
  if (!isAll || !hasFacts || !canReplay(since, epoch, seq))
    return { seq, tick: stored.tick, snapshot: stored, ticks: [] };
  // Where the bar stayed is in ticks alone.
  const tick = stored.tick + 1;
  const ts = stored.ended_at ?? stored.created_at;
  const last = { type: "job.progress", job_id, epoch, seq, tick, ts, correlation_id, data: progress };
  return { seq, tick, snapshot: null, ticks: isAt(since, seq, tick) ? [] : [sharedFrame(JSON.stringify(last))] };
}

/** A position in another history, or ahead of this one, cannot be gone on from; a moment always can. */
export function canReplay(since: Since | null, epoch: string, head: number): boolean {
  if (since === null) return false;
  if ("afterMs" in since) return true;
  return since.epoch === epoch && since.seq <= head && head - since.seq <= MAX_REPLAY;
}

/** Whether a client has been told everything already. */
function isAt(since: Since | null, seq: number, tick: number): boolean {
  return since !== null && "seq" in since && since.seq === seq && since.tick === tick;
}
