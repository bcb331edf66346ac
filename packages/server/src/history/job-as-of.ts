import { setImmediate as othersTurn } from "node:timers/promises";
import {
  applyEvent,
  createProgressTree,
  draftOf,
  emptyJob,
  type JobDraft,
  type JobSnapshot,
  type PlayheadEvent,
  progressAt,
  snapshotOf,
} from "@playhead/core";
import type { Store } from "../store/store.ts";

export interface HistoryDeps {
  readonly store: Pick<Store, "readFacts">;
}

/** So many facts are read and folded in one go: a few milliseconds. */
const FACTS_AT_ONCE = 250;
/** So many tasks are weighed in one go. */
const TASKS_AT_ONCE = 2_000;
/** A past job is folded in memory beside the present ones: so many at a time. */
const FOLDS_AT_ONCE = 2;

/** Jobs as they stood at some moment: the fold of the facts up to then. */
export function createHistory({ store }: HistoryDeps) {
  const waiting: (() => void)[] = [];
  let folding = 0;

  async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (folding >= FOLDS_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    else folding += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) folding -= 1;
      else next();
    }
  }

  /** Folds a page of facts. @returns whether there may be more to fold */
  function foldPage(job: JobDraft, facts: readonly PlayheadEvent[], atMs: number): boolean {
    for (const fact of facts) {
      if (Date.parse(fact.ts) > atMs) return false;
      applyEvent(job, fact);
    }
    return facts.length === FACTS_AT_ONCE;
  }

  async function foldUpTo(jobId: string, atMs: number): Promise<JobDraft> {
    const job = draftOf(emptyJob(jobId));
    let hasMore = true;
    while (hasMore) {
      hasMore = foldPage(job, await store.readFacts(jobId, job.seq, FACTS_AT_ONCE), atMs);
      await othersTurn();
    }
    return job;
  }

  async function inPieces<Item>(items: Iterable<Item>, work: (item: Item) => void): Promise<void> {
    let count = 0;
    for (const item of items) {
      work(item);
      count += 1;
      if (count % TASKS_AT_ONCE === 0) await othersTurn();
    }
  }

  /** Ticks are not kept, so the bar of then is worked out of the tasks of then. */
  async function withProgress(job: JobDraft, atMs: number): Promise<JobDraft> {
    const tree = createProgressTree({});
    // All of the work first: a tree that finds some of it late shares out the rest only.
    await inPieces(job.tasks.values(), (task) => tree.update({ ...task, state: "pending", percent_complete: 0 }));
    await inPieces(job.tasks.values(), (task) => tree.update(task));
    job.progress = progressAt(job, tree.fraction(), atMs);
    return job;
  }

  return {
    /**
     * The job as it stood: its facts in their order, up to the first that is later than the moment. However many they
     * are, others get their turn in between. Null when it was not there yet.
     */
    jobAsOf(jobId: string, atMs: number): Promise<JobSnapshot | null> {
      return inTurn(async () => {
        const job = await foldUpTo(jobId, atMs);
        return job.seq === 0 ? null : snapshotOf(await withProgress(job, atMs));
      });
    },
  };
}
