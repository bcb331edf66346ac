import { PlayheadError } from "@playhead/core";
import { isOver } from "./store-over.ts";

export interface GroupQueueDeps<Group> {
  /** A group that nothing has been added to. */
  readonly newGroup: () => Group;
  /** How much is in a group; one is full at 2,000. */
  readonly sizeOf: (group: Group) => number;
  /** Whether the open group is worth storing. */
  readonly hasWork: (group: Group) => boolean;
  /** The group closes: the last moment at which something goes into it. @defaultValue nothing happens */
  readonly onClose?: (group: Group) => void;
  /**
   * Stores a group. May be called while others are under way; they are to be stored in the order of the calls, and all
   * that were called after one that is refused are to be refused with it, as `Store.commit` does.
   */
  readonly store: (group: Group) => Promise<void>;
  /** Says what is stored; called in order. Must not throw. */
  readonly finish: (group: Group) => void;
  /** Told when the store refuses, with the time until the next try. */
  readonly onRetry: (error: unknown, retryInMs: number) => void;
}

/** A group on its way. */
interface Sent<Group> {
  readonly group: Group;
  readonly settled: PromiseWithResolvers<void>;
  /** Where the count of entries stood when the group closed. */
  upTo: number;
  outcome: "under way" | "stored" | "refused";
  refusal: unknown;
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
 * said, and its senders are answered, only after it and all before it are stored. When the store refuses (a full disk),
 * everything waits in order and is tried again; nothing is dropped and nothing is said. When it refuses for good, because
 * another server writes by now, everybody is told so at once.
 *
 *   open ──► under way ──► stored ──► said, in order
 *               ▲  │
 *               │  ▼
 *             refused (with all behind it)
 */
export function createGroupQueue<Group>(deps: GroupQueueDeps<Group>) {
  let open = newSent();
  /** In the order in which they are stored and said. */
  const inFlight: Sent<Group>[] = [];
  /** Entries ever added; how many of them are stored; how many are promised room. */
  let added = 0;
  let stored = 0;
  let promised = 0;
  let scheduled = false;
  let retryMs = 0;
  let retryTimer: NodeJS.Timeout | null = null;
  let stopped: PlayheadError | null = null;

  function newSent(): Sent<Group> {
    const settled = Promise.withResolvers<void>();
    // Nobody may be waiting for it when it is given up.
    settled.promise.catch(() => undefined);
    return { group: deps.newGroup(), settled, upTo: 0, outcome: "under way", refusal: null };
  }

  const isRefused = () => inFlight.some(({ outcome }) => outcome === "refused");
  const hasWork = () => deps.hasWork(open.group);

  function schedule(): void {
    if (scheduled || stopped !== null || !hasWork() || isRefused()) return;
    const isFull = deps.sizeOf(open.group) >= GROUP_SIZE;
    if (inFlight.length > 0 && !(isFull && inFlight.length < GROUPS_IN_FLIGHT)) return;
    scheduled = true;
    // After the events at hand, so that what arrives together is stored together.
    setImmediate(() => {
      scheduled = false;
      if (hasWork() && !isRefused() && stopped === null) flush();
    });
  }

  function flush(): void {
    const closing = open;
    open = newSent();
    deps.onClose?.(closing.group);
    closing.upTo = added;
    inFlight.push(closing);
    void send(closing);
  }

  async function send(sent: Sent<Group>): Promise<void> {
    sent.outcome = "under way";
    try {
      await deps.store(sent.group);
      sent.outcome = "stored";
    } catch (error) {
      sent.outcome = "refused";
      sent.refusal = error;
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

  function finish({ group, upTo, settled: { resolve } }: Sent<Group>): void {
    retryMs = 0;
    stored = upTo;
    deps.finish(group);
    resolve();
  }

  function retryLater(error: unknown): void {
    if (stopped !== null) return;
    // Senders turn to whoever writes now, and their viewers are told by that one.
    if (isOver(error)) return stop(error);
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
  function stop(why: PlayheadError = ended()): void {
    stopped ??= why;
    if (retryTimer !== null) clearTimeout(retryTimer);
    for (const { settled } of [...inFlight, open]) settled.reject(stopped);
  }

  return {
    /** The group that is open now. */
    open: (): Group => open.group,
    /** Says that something went into the open group. */
    count(): void {
      added += 1;
    },
    schedule,
    /** Resolves when all that has been added so far is stored and said. */
    settled(): Promise<void> {
      if (!hasWork()) return inFlight.at(-1)?.settled.promise ?? Promise.resolve();
      schedule();
      return open.settled.promise;
    },
    /** How many entries have been added: names a moment for {@link isStored}. */
    position: (): number => added,
    /** Whether all that had been added at a position is stored. */
    isStored: (position: number): boolean => position <= stored,
    /** Whether the store refuses at the moment. */
    isRefused,
    /** Entries that are not stored yet. */
    pending: (): number => added - stored,
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
     * @param isMoreDue whether another flush would bring more
     * @returns whether everything was stored
     */
    async drain(limitMs: number, isMoreDue: () => boolean = () => false): Promise<boolean> {
      const late = Promise.withResolvers<"late">();
      const timer = setTimeout(() => late.resolve("late"), limitMs);
      try {
        while (stopped === null && (inFlight.length > 0 || hasWork() || isMoreDue())) {
          if (inFlight.length === 0) flush();
          const settled = inFlight.at(-1)?.settled.promise.catch(() => "stopped" as const);
          if ((await Promise.race([settled, late.promise])) === "late") break;
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

function ended(): PlayheadError {
  return new PlayheadError("service_unavailable", "the server ended before this could be stored", {
    hint: "send it again when the server is back",
  });
}
