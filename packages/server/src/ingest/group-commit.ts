import { PlayheadError } from "@playhead/core";
import type { Publication } from "../bus/bus.ts";
import type { FactRow, JobProjection, LogRow, Store } from "../store/store.ts";

/** What one flush stores and then says. */
interface Group {
  readonly facts: FactRow[];
  readonly logs: LogRow[];
  readonly sources: Map<string, number>;
  projections: readonly JobProjection[];
  /** In the order in which viewers shall see them; a log line gets its id with the commit. */
  readonly publications: ((firstLogId: number) => Publication)[];
  readonly settled: PromiseWithResolvers<void>;
  /** Facts and lines, for the limits. */
  size: number;
}

export interface GroupCommitDeps {
  readonly store: Pick<Store, "commit">;
  readonly publish: (publications: readonly Publication[]) => void;
  /** The projections that are due, taken at the moment at which a group closes. */
  readonly takeProjections: () => readonly JobProjection[];
  /** Told when the store refuses, with the time until the next try. */
  readonly onRetry: (error: unknown, retryInMs: number) => void;
}

/** A group closes at this size, or as soon as the store is free. */
const GROUP_SIZE = 2_000;
/** So that the store is busy while the next group is worked out. */
const GROUPS_IN_FLIGHT = 3;
/** Beyond this much unstored work new batches are refused: memory is bounded. */
const MAX_PENDING = 50_000;
const RETRY_FIRST_MS = 100;
const RETRY_MOST_MS = 5_000;

/**
 * Gathers what arrives into groups, one transaction each: as soon as the store is free, or at 2,000 records. A group is
 * published, and its senders are answered, only after it is stored. When the store refuses (a full disk), everything
 * waits in order and is tried again; nothing is dropped and nothing is said.
 */
export function createGroupCommit(deps: GroupCommitDeps) {
  let open = newGroup();
  const inFlight: Group[] = [];
  let pending = 0;
  let scheduled = false;
  let retryMs = 0;
  let retryTimer: NodeJS.Timeout | null = null;

  function schedule(): void {
    if (scheduled || retryTimer !== null || !hasWork(open)) return;
    if (inFlight.length === 0 || (open.size >= GROUP_SIZE && inFlight.length < GROUPS_IN_FLIGHT)) {
      scheduled = true;
      // After the events at hand, so that what arrives together is stored together.
      setImmediate(() => {
        scheduled = false;
        flush();
      });
    }
  }

  function flush(): void {
    if (retryTimer !== null) return;
    const group = open;
    open = newGroup();
    group.projections = deps.takeProjections();
    inFlight.push(group);
    if (needsStore(group)) store(group);
    else if (inFlight.length === 1) finish(group, 0);
    else void inFlight.at(-2)?.settled.promise.then(() => finish(group, 0));
  }

  function store(group: Group): void {
    deps.store.commit(group).then(
      ({ firstLogId }) => finish(group, firstLogId),
      (error: unknown) => retryAll(group, error),
    );
  }

  function finish(group: Group, firstLogId: number): void {
    retryMs = 0;
    inFlight.splice(inFlight.indexOf(group), 1);
    pending -= group.size;
    deps.publish(group.publications.map((publication) => publication(firstLogId)));
    group.settled.resolve();
    schedule();
  }

  /** The store rejects all that was called after a failed group, so all are tried again together, in order. */
  function retryAll(group: Group, error: unknown): void {
    if (group !== inFlight[0] || retryTimer !== null) return;
    retryMs = Math.min(RETRY_MOST_MS, retryMs === 0 ? RETRY_FIRST_MS : retryMs * 2);
    deps.onRetry(error, retryMs);
    retryTimer = setTimeout(() => {
      retryTimer = null;
      for (const each of inFlight) if (needsStore(each)) store(each);
    }, retryMs);
  }

  return {
    /** Adds a fact and what viewers shall see of it. */
    addFact(fact: FactRow, publication: Publication): void {
      open.facts.push(fact);
      open.publications.push(() => publication);
      open.size += 1;
      pending += 1;
    },
    /** Adds a log line; `publish` makes its publication once it has its id. */
    addLog(log: LogRow, publish: (logId: number) => Publication): void {
      const index = open.logs.push(log) - 1;
      open.publications.push((firstLogId) => publish(firstLogId + index));
      open.size += 1;
      pending += 1;
    },
    /** Adds a tick: said in its place in the order, but not stored. */
    addTick(publication: Publication): void {
      open.publications.push(() => publication);
    },
    /** Notes how far a source has been taken. */
    addSource(source: string, n: number): void {
      open.sources.set(source, n);
    },
    /** Resolves when all that has been added so far is stored and said. */
    settled(): Promise<void> {
      if (!hasWork(open)) return inFlight.at(-1)?.settled.promise ?? Promise.resolve();
      schedule();
      return open.settled.promise;
    },
    schedule,
    /** Asks for a flush though nothing but projections is due. */
    flushProjections(): void {
      if (!scheduled && retryTimer === null && inFlight.length === 0) flush();
    },
    /** @throws PlayheadError `service_unavailable` when too much waits for the store already. */
    admit(records: number): void {
      if (pending + records > MAX_PENDING) {
        throw new PlayheadError("service_unavailable", "the store cannot keep up; nothing of this batch was taken", {
          hint: "send it again a little later",
        });
      }
    },
    /** Everything is stored, or `limitMs` has passed. @returns whether it was */
    async drain(limitMs: number): Promise<boolean> {
      const deadline = Date.now() + limitMs;
      while (inFlight.length > 0 || hasWork(open)) {
        if (Date.now() > deadline) return false;
        schedule();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return true;
    },
  };
}

function hasWork(group: Group): boolean {
  return group.publications.length + group.sources.size > 0;
}

function needsStore(group: Group): boolean {
  return group.facts.length + group.logs.length + group.projections.length + group.sources.size > 0;
}

function newGroup(): Group {
  return {
    facts: [],
    logs: [],
    sources: new Map(),
    projections: [],
    publications: [],
    settled: Promise.withResolvers<void>(),
    size: 0,
  };
}
