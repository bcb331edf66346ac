import type { Publication } from "../bus/bus.ts";
import { createGroupQueue } from "../store/group-queue.ts";
import type { FactRow, JobProjection, Store } from "../store/store.ts";

/** What one flush stores and then says. */
interface Group {
  readonly facts: FactRow[];
  readonly sources: Map<string, number>;
  projections: readonly JobProjection[];
  /** In the order in which viewers shall see them. */
  readonly publications: Publication[];
}

export interface GroupCommitDeps {
  readonly store: Pick<Store, "commit">;
  /** Must not throw. */
  readonly publish: (publications: readonly Publication[]) => void;
  /** The projections that are due, taken at the moment at which a group closes. */
  readonly takeProjections: (facts: number) => readonly JobProjection[];
  /** Told when the store refuses, with the time until the next try. */
  readonly onRetry: (error: unknown, retryInMs: number) => void;
}

/** Gathers facts and ticks into groups, stores what of them is to be stored, and then publishes all of it, in order. */
export function createGroupCommit(deps: GroupCommitDeps) {
  let projectionsWanted = false;
  const queue = createGroupQueue<Group>({
    newGroup: () => ({ facts: [], sources: new Map(), projections: [], publications: [] }),
    sizeOf: ({ publications }) => publications.length,
    hasWork: ({ publications, sources }) => publications.length + sources.size > 0 || projectionsWanted,
    onClose(group) {
      projectionsWanted = false;
      group.projections = deps.takeProjections(group.facts.length);
    },
    async store(group) {
      // Ticks alone are only said.
      if (group.facts.length + group.projections.length + group.sources.size > 0) await deps.store.commit(group);
    },
    finish: ({ publications }) => deps.publish(publications),
    onRetry: deps.onRetry,
  });

  return {
    /** Adds a fact and what viewers shall see of it. */
    addFact(fact: FactRow, publication: Publication): void {
      const { facts, publications } = queue.open();
      facts.push(fact);
      publications.push(publication);
      queue.count();
    },
    /** Adds a tick: said in its place in the order, but not stored. */
    addTick(publication: Publication): void {
      queue.open().publications.push(publication);
      queue.count();
    },
    /** Notes how far a source has been taken. */
    addSource(source: string, n: number): void {
      queue.open().sources.set(source, n);
    },
    /** Stores the projections that are due, though nothing else may be, as soon as the store is free. */
    flushProjections(): void {
      projectionsWanted = true;
      queue.schedule();
    },
    settled: queue.settled,
    schedule: queue.schedule,
    position: queue.position,
    isStored: queue.isStored,
    isRefused: queue.isRefused,
    pending: queue.pending,
    admit: queue.admit,
    drain: queue.drain,
  };
}

export type GroupCommit = ReturnType<typeof createGroupCommit>;
