import { isFinalJobState, type Job, type JobSnapshot, PlayheadError, type Position, snapshotOf } from "@playhead/core";
import type { Bus, Publication } from "../bus/bus.ts";
import type { Store } from "../store/store.ts";

/** Where the gateway finds jobs, and what happens to them. */
export interface FeedSource {
  readonly epoch: string;
  readonly bus: Bus;
  readonly store: Pick<Store, "readFacts" | "readSnapshot">;
  /** The job if it is in memory. It may leave, so it is asked for anew after each `await`. */
  readonly peekJob: (jobId: string) => FeedJob | undefined;
  /** Takes a stored job into memory. */
  readonly loadJob: (jobId: string) => Promise<unknown>;
}

/** A job in memory, as the gateway needs it. */
export interface FeedJob {
  readonly draft: Job;
  /** Ticks with new numbers that say where everything stands; frames, ready to be sent. */
  readonly currentTicks: () => readonly string[];
  /** Whether all that the job shows by now is stored, or will be in a moment. */
  readonly storedSoon: () => Promise<boolean>;
}

export interface JobFeedRequest {
  readonly tenantId: string;
  readonly jobId: string;
  /** Where the client stands; null wants a snapshot. */
  readonly since: Position | null;
  readonly logs: boolean;
}

export interface JobFeed {
  /** Whether what was missed is sent; else the snapshot replaces what the client had. */
  readonly recovered: boolean;
  readonly snapshot: JobSnapshot | null;
  /** Sends what was missed, and from then on what happens. */
  start(): void;
  /** What the client has been sent. */
  position(): readonly [seq: number, tick: number];
  close(): void;
}

/** Where a feed begins. */
interface Start {
  readonly seq: number;
  readonly tick: number;
  readonly snapshot: JobSnapshot | null;
  /** Where everything stands, for who goes on without a snapshot. */
  readonly ticks: readonly string[];
}

/** A client that missed more than this gets a snapshot. */
const MAX_REPLAY = 5_000;
/** More than this cannot have happened while a snapshot was read, unless something hangs. */
const MAX_WAITING = 20_000;

/**
 * Follows one job for one client: what happens while the snapshot or the missed facts are read is kept and merged by
 * number, so that every fact comes once, in order, and none before it is stored.
 *
 * @throws PlayheadError `not_found` for no job, and for another tenant's.
 */
export async function openJobFeed(
  source: FeedSource,
  request: JobFeedRequest,
  send: (frame: string, slot: string | null) => void,
): Promise<JobFeed> {
  const { jobId, since, logs } = request;
  let waiting: Publication[] | null = [];
  const sent = { seq: 0, tick: 0 };
  // Before anything is read: what is not in what is read comes this way.
  const unsubscribe = source.bus.subscribe(jobId, (publication) => {
    if (waiting === null) pass(publication);
    else if (waiting.length < MAX_WAITING) waiting.push(publication);
  });

  function pass({ seq, tick, slot, content, frame }: Publication): void {
    if ("log_id" in content) {
      if (logs) send(frame(), null);
    } else if (tick === undefined) {
      if (seq <= sent.seq) return;
      sent.seq = seq;
      send(frame(), null);
    } else if (tick > sent.tick) {
      sent.tick = tick;
      send(frame(), slot);
    }
  }

  try {
    const begin = await findStart(source, request);
    const recovered = begin.snapshot === null;
    const missed = recovered && since !== null ? await source.store.readFacts(jobId, since.seq, MAX_REPLAY) : [];
    if (waiting.length >= MAX_WAITING)
      throw new PlayheadError("service_unavailable", `job ${jobId} could not be read in time`);
    sent.seq = begin.seq;
    sent.tick = begin.tick;
    return {
      recovered,
      snapshot: begin.snapshot,
      start() {
        // Some may be stored by now that the start did not know of; they come with what waits.
        for (const event of missed) {
          if (event.seq <= begin.seq) send(JSON.stringify({ ...event, epoch: source.epoch }), null);
        }
        for (const tick of begin.ticks) send(tick, null);
        const queued = waiting ?? [];
        waiting = null;
        for (const publication of queued) pass(publication);
      },
      position: () => [sent.seq, sent.tick],
      close: unsubscribe,
    };
  } catch (error) {
    unsubscribe();
    throw error;
  }
}

/**
 * The start from memory, as soon as what it shows is stored; from the store for a job that has ended and left memory,
 * or while the store refuses to write: what it does not show yet comes to the feed once it is stored.
 */
async function findStart(source: FeedSource, request: JobFeedRequest): Promise<Start> {
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

/** @returns null when what the job shows by now is not stored soon */
async function startFromMemory(
  { epoch }: FeedSource,
  { jobId, tenantId, since }: JobFeedRequest,
  { draft, currentTicks, storedSoon }: FeedJob,
): Promise<Start | null> {
  if (draft.tenant_id !== tenantId) throw noSuchJob(jobId);
  // All of it at one moment: the numbers, the snapshot and the ticks belong together.
  const recovered = canReplay(since, epoch, draft.seq);
  const snapshot = recovered ? null : snapshotOf(draft);
  const ticks = recovered ? currentTicks() : [];
  const start: Start = { seq: draft.seq, tick: draft.tick, snapshot, ticks };
  return (await storedSoon()) ? start : null;
}

/** @param isAll whether the store has all of it, ticks included; else nobody can tell which ticks a client missed */
function startFromStore({ epoch }: FeedSource, { since }: JobFeedRequest, stored: JobSnapshot, isAll: boolean): Start {
  const { job_id, correlation_id, seq, tick, progress } = stored;
  if (!isAll || !canReplay(since, epoch, seq)) return { seq, tick, snapshot: stored, ticks: [] };
  // Where the bar stayed is in ticks alone.
  const last = { type: "job.progress", job_id, epoch, seq, tick: tick + 1, ts: stored.ended_at ?? stored.created_at };
  return { seq, tick: tick + 1, snapshot: null, ticks: [JSON.stringify({ ...last, correlation_id, data: progress })] };
}

/** A position in another history, or ahead of this one, cannot be gone on from. */
function canReplay(since: Position | null, epoch: string, head: number): boolean {
  return since !== null && since.epoch === epoch && since.seq <= head && head - since.seq <= MAX_REPLAY;
}

function noSuchJob(jobId: string): PlayheadError {
  return new PlayheadError("not_found", `there is no job ${jobId}`);
}
