import { isFinalJobState, type JobSnapshot } from "@playhead/core";
import type { Store } from "../store/store.ts";
import type { Since } from "./feed-job.ts";
import {
  canReplay,
  type JobFeedRequest,
  type JobStart,
  type JobStarts,
  noSuchJob,
  startFromStore,
} from "./job-start.ts";
import { type SharedFrame, sharedFrame } from "./shared-frame.ts";

/** Where a job stands by what the engine said last. */
export interface ToldHead {
  readonly epoch: string;
  readonly seq: number;
  readonly tick: number;
  /** The latest ticks of everything that moves in it; frames. */
  readonly ticks: readonly string[];
}

export interface JobsElsewhere {
  readonly epoch: string;
  readonly store: Pick<Store, "readSnapshot">;
  /** Resolves when whatever is committed from then on comes to those who subscribed to the job. */
  readonly opened: (jobId: string) => Promise<void>;
  /** Null where nothing is told of a job (any more), or it cannot be asked for now. */
  readonly readHead: (jobId: string) => Promise<ToldHead | null>;
}

/**
 * The starts of feeds where jobs are not in memory: facts from the store, the latest ticks from what was told. In an order
 * in which nothing is missed: first it is made sure that all news come, then it is read what was told, then what is stored.
 * Since the engine stores before it tells, what is stored is never behind the ticks.
 */
export function createStartsElsewhere({ epoch, store, opened, readHead }: JobsElsewhere): JobStarts {
  async function findStart(request: JobFeedRequest): Promise<JobStart> {
    const { jobId, tenantId, since } = request;
    await opened(jobId);
    const head = await readHead(jobId);
    const stored = await store.readSnapshot(jobId);
    if (stored === null || stored.tenant_id !== tenantId) throw noSuchJob(jobId);
    // All of it is stored then, where its bar stayed, too.
    if (isFinalJobState(stored.state)) return startFromStore({ epoch }, request, stored, true);
    const known = head !== null && head.epoch === epoch && head.tick > stored.tick ? head : null;
    const hasFacts = stored.details_removed_at === undefined;
    return startOfOpen(stored, known, hasFacts && canReplay(since, epoch, stored.seq) ? since : null);
  }

  /** @param since where the client goes on from; null for one that gets a snapshot */
  function startOfOpen(stored: JobSnapshot, head: ToldHead | null, since: Since | null): JobStart {
    const { seq } = stored;
    // Who goes on without being told of ticks has none of what is not told, and takes whichever comes next.
    const had = since !== null && "tick" in since ? since.tick : 0;
    const tick = head?.tick ?? (since === null ? stored.tick : had);
    return { seq, tick, snapshot: since === null ? stored : null, ticks: head === null ? [] : framesAfter(head, had) };
  }

  return {
    findStart,
    tenantOf: async (jobId) => (await store.readSnapshot(jobId))?.tenant_id ?? null,
    // The bus itself sees to what it lost.
    headOf: () => 0,
  };
}

/** The ticks that a client does not have, in their order. */
function framesAfter({ ticks }: ToldHead, tick: number): readonly SharedFrame[] {
  return ticks
    .map((text) => ({ text, tick: (JSON.parse(text) as { readonly tick: number }).tick }))
    .filter((each) => each.tick > tick)
    .toSorted((a, b) => a.tick - b.tick)
    .map(({ text }) => sharedFrame(text));
}
