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
  readonly publications: (Publication | LogPublication)[];
  readonly settled: PromiseWithResolvers<void>;
  /** Where the count of entries stood when the group closed. */
  upTo: number;
  outcome: "under way" | "stored" | "refused";
  refusal: unknown;
  firstLogId: number;
}

type LogPublication = (firstLogId: number) => Publication;

export interface GroupCommitDeps {
  readonly store: Pick<Store, "commit">;
  /** Must not throw. */
  readonly publish: (publications: readonly Publication[]) => void;
  /** The projections that are due, taken at the moment at which a group closes. */
  readonly takeProjections: (facts: number) => readonly JobProjection[];
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
 * published, and its senders are answered, only after it and all before it are stored. When the store refuses (a full
 * disk), everything waits in order and is tried again; nothing is dropped and nothing is said.
 *
 *   open ──► under way ──► stored ──► said, in order
 *               ▲  │
 *               │  ▼
 *             refused (with all behind it)
 */
export function createGroupCommit(deps: GroupCommitDeps) {
  let open = newGroup();
  /** In the order in which they are stored and said. */
  const inFlight: Group[] = [];
  /** Entries ever added; how many of them are stored; how many are promised room. */
  let added = 0;
  let stored = 0;
  let promised = 0;
  let scheduled = false;
  let projectionsWanted = false;
  let retryMs = 0;
  let retryTimer: NodeJS.Timeout | null = null;
  let stopped: PlayheadError | null = null;

  const isRefused = () => inFlight.some(({ outcome }) => outcome === "refused");
  const hasWork = () => open.publications.length + open.sources.size > 0 || projectionsWanted;

  function schedule(): void {
    if (scheduled || stopped !== null || !hasWork() || isRefused()) return;
    const isFull = open.publications.length >= GROUP_SIZE;
    if (inFlight.length > 0 && !(isFull && inFlight.length < GROUPS_IN_FLIGHT)) return;
    scheduled = true;
    // After the events at hand, so that what arrives together is stored together.
    setImmediate(() => {
      scheduled = false;
      if (hasWork() && !isRefused() && stopped === null) flush();
    });
  }

  function flush(): void {
    const group = open;
    open = newGroup();
    projectionsWanted = false;
    group.projections = deps.takeProjections(group.facts.length);
    group.upTo = added;
    inFlight.push(group);
    void send(group);
  }

  async function send(group: Group): Promise<void> {
    group.outcome = "under way";
    try {
      if (needsStore(group)) group.firstLogId = (await deps.store.commit(group)).firstLogId;
      group.outcome = "stored";
    } catch (error) {
      group.outcome = "refused";
      group.refusal = error;
    }
    settle();
  }

  /** Says what is stored, as far as nothing before it is missing. */
  function settle(): void {
    let head = inFlight[0];
    for (; head?.outcome === "stored"; head = inFlight[0]) {
      inFlight.shift();
      finish(head);
    }
    if (head?.outcome === "refused" && retryTimer === null) retryLater(head.refusal);
    schedule();
  }

  function finish(group: Group): void {
    retryMs = 0;
    stored = group.upTo;
    const { publications, firstLogId } = group;
    deps.publish(publications.map((each) => (typeof each === "function" ? each(firstLogId) : each)));
    group.settled.resolve();
  }

  function retryLater(error: unknown): void {
    if (stopped !== null) return;
    retryMs = Math.min(RETRY_MOST_MS, retryMs === 0 ? RETRY_FIRST_MS : retryMs * 2);
    deps.onRetry(error, retryMs);
    retryTimer = setTimeout(retry, retryMs);
  }

  /** The store rejects all that was called after a refused group, so all are tried again together, in order. */
  function retry(): void {
    const [head] = inFlight;
    if (head === undefined || inFlight.some(({ outcome }) => outcome === "under way")) {
      // The answers about those behind it are still on their way.
      retryTimer = setTimeout(retry, RETRY_FIRST_MS);
      return;
    }
    retryTimer = null;
    for (const each of inFlight) void send(each);
  }

  /** Gives up for good: whoever waits is told that it was not stored. */
  function stop(): void {
    stopped = new PlayheadError("service_unavailable", "the server ended before this could be stored", {
      hint: "send it again when the server is back",
    });
    if (retryTimer !== null) clearTimeout(retryTimer);
    for (const { settled } of [...inFlight, open]) settled.reject(stopped);
  }

  /** Resolves when all that has been added so far is stored and said. */
  function settled(): Promise<void> {
    if (!hasWork()) return inFlight.at(-1)?.settled.promise ?? Promise.resolve();
    schedule();
    return open.settled.promise;
  }

  return {
    /** Adds a fact and what viewers shall see of it. */
    addFact(fact: FactRow, publication: Publication): void {
      open.facts.push(fact);
      open.publications.push(publication);
      added += 1;
    },
    /** Adds a log line; `publish` makes its publication once it has its id. */
    addLog(log: LogRow, publish: (logId: number) => Publication): void {
      const index = open.logs.push(log) - 1;
      open.publications.push((firstLogId) => publish(firstLogId + index));
      added += 1;
    },
    /** Adds a tick: said in its place in the order, but not stored. */
    addTick(publication: Publication): void {
      open.publications.push(publication);
      added += 1;
    },
    /** Notes how far a source has been taken. */
    addSource(source: string, n: number): void {
      open.sources.set(source, n);
    },
    settled,
    schedule,
    /** How many entries have been added: names a moment for {@link isStored}. */
    position: (): number => added,
    /** Whether all that had been added at a position is stored. */
    isStored: (position: number): boolean => position <= stored,
    /** Whether the store refuses at the moment. */
    isRefused,
    /** Entries that are not stored yet. */
    pending: (): number => added - stored,
    /** Stores the projections that are due, though nothing else may be, as soon as the store is free. */
    flushProjections(): void {
      projectionsWanted = true;
      schedule();
    },
    /**
     * Promises room for a batch; one batch at a time is taken however large it is.
     *
     * @returns ends the promise, once the batch was taken
     * @throws PlayheadError `service_unavailable` when too much waits for the store already.
     */
    admit(records: number): () => void {
      const waiting = added - stored + promised;
      if (stopped !== null) throw stopped;
      if (waiting > 0 && waiting + records > MAX_PENDING) {
        throw new PlayheadError("service_unavailable", "the store cannot keep up; nothing of this batch was taken", {
          hint: "send it again a little later",
        });
      }
      promised += records;
      return () => {
        promised -= records;
      };
    },
    /**
     * Everything is stored, or `limitMs` has passed, and then what is left is given up.
     *
     * @param isProjectionDue whether another flush would bring projections
     * @returns whether everything was stored
     */
    async drain(limitMs: number, isProjectionDue: () => boolean): Promise<boolean> {
      const late = Promise.withResolvers<"late">();
      const timer = setTimeout(() => late.resolve("late"), limitMs);
      try {
        while (stopped === null && (inFlight.length > 0 || hasWork() || isProjectionDue())) {
          if (inFlight.length === 0) flush();
          if ((await Promise.race([inFlight.at(-1)?.settled.promise, late.promise])) === "late") break;
        }
        const isDone = inFlight.length === 0 && !hasWork();
        stop();
        return isDone;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

export type GroupCommit = ReturnType<typeof createGroupCommit>;

function needsStore(group: Group): boolean {
  return group.facts.length + group.logs.length + group.projections.length + group.sources.size > 0;
}

function newGroup(): Group {
  const settled = Promise.withResolvers<void>();
  // Nobody may be waiting for it when it is given up.
  settled.promise.catch(() => undefined);
  return {
    facts: [],
    logs: [],
    sources: new Map(),
    projections: [],
    publications: [],
    settled,
    upTo: 0,
    outcome: "under way",
    refusal: null,
    firstLogId: 0,
  };
}
