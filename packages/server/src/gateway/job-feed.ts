import { type JobSnapshot, PlayheadError, type PlayheadEvent, type Position, snapshotOf } from "@playhead/core";
import type { Bus, Publication } from "../bus/bus.ts";
import type { Store } from "../store/store.ts";

/** The gateway's view of the jobs in memory. */
export interface FeedSource {
  readonly epoch: string;
  readonly bus: Bus;
  readonly store: Pick<Store, "readFacts">;
  readonly findJob: (tenantId: string, jobId: string) => Promise<FeedJob | null>;
  /** Resolves when all that jobs show by now is stored. */
  readonly committed: () => Promise<void>;
}

/** A job as the gateway needs it. */
export interface FeedJob {
  readonly draft: Parameters<typeof snapshotOf>[0];
  /** Ticks with new numbers that say where everything stands; frames, ready to be sent. */
  readonly currentTicks: () => readonly string[];
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

/** A client that missed more than this gets a snapshot. */
const MAX_REPLAY = 5_000;

/**
 * Follows one job for one client: what happens while the snapshot or the missed facts are read is kept and merged by
 * number, so that every fact comes once, in order, and none before it is stored.
 *
 * @throws PlayheadError `not_found` for no job, and for another tenant's.
 */
export async function openJobFeed(
  source: FeedSource,
  { tenantId, jobId, since, logs }: JobFeedRequest,
  send: (frame: string, slot: string | null) => void,
): Promise<JobFeed> {
  const job = await source.findJob(tenantId, jobId);
  if (job === null) throw new PlayheadError("not_found", `there is no job ${jobId}`);

  let waiting: Publication[] | null = [];
  let sent: { seq: number; tick: number };
  const unsubscribe = source.bus.subscribe(jobId, (publication) => {
    if (waiting === null) pass(publication);
    else waiting.push(publication);
  });

  function pass(publication: Publication): void {
    const { seq, tick, slot, content } = publication;
    if ("log_id" in content) {
      if (logs) send(publication.frame(), null);
      return;
    }
    if (tick === undefined ? seq <= sent.seq : tick <= sent.tick) return;
    if (tick === undefined) sent.seq = seq;
    else sent.tick = tick;
    send(publication.frame(), slot);
  }

  try {
    // From here to the end of this block nothing else runs: head, snapshot and ticks belong together.
    const head = job.draft.seq;
    const recovered = since !== null && canReplay(since, source.epoch, head);
    const snapshot = recovered ? null : snapshotOf(job.draft);
    const ticks = recovered ? job.currentTicks() : [];
    sent = { seq: head, tick: job.draft.tick };

    await source.committed();
    const missed = recovered ? await source.store.readFacts(jobId, since.seq, MAX_REPLAY + 1) : [];
    return {
      recovered,
      snapshot,
      start() {
        for (const event of missed) if (event.seq <= head) send(frameOf(source.epoch, event), null);
        for (const tick of ticks) send(tick, null);
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

/** A position in another history, or ahead of this one, cannot be gone on from. */
function canReplay(since: Position, epoch: string, head: number): boolean {
  return since.epoch === epoch && since.seq <= head && head - since.seq <= MAX_REPLAY;
}

function frameOf(epoch: string, event: PlayheadEvent): string {
  return JSON.stringify({ ...event, epoch });
}
