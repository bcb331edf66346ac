import { useMemo, useSyncExternalStore } from "react";

/** What was read last, and why it could not be read again. */
export interface Polled<Value> {
  /** Null before the first has come. */
  readonly value: Value | null;
  /** Null when the last reading worked. */
  readonly error: unknown;
}

/** Something that is read again and again while somebody looks at it. */
export interface Poll<Value> {
  getSnapshot(): Polled<Value>;
  subscribe(listener: () => void): () => void;
  /** Reads now. */
  refresh(): Promise<void>;
}

/** Whether the page is to be seen. */
export interface Visibility {
  isVisible(): boolean;
  /** @returns ends it */
  onChange(listener: () => void): () => void;
}

/** Word that there is something new to read, from a server that says so by itself. */
export interface News {
  /**
   * Listens until it is ended.
   *
   * @param onNews something may be new; also when word begins to come, for what was before
   * @param onLost no word comes for now
   * @returns ends it
   */
  listen(onNews: () => void, onLost: () => void): () => void;
}

/** What changes is to be seen within five seconds, with the time that an answer takes. */
const EVERY_MS = 4_000;
/** Where word comes, it is read by itself as well, but seldom: no word is for ever. */
const HEARD_EVERY_MS = 60_000;
/** However much word comes, it is read no oftener. */
const REST_MS = 250;

const ofDocument: Visibility = {
  isVisible: () => document.visibilityState === "visible",
  onChange(listener) {
    document.addEventListener("visibilitychange", listener);
    return () => document.removeEventListener("visibilitychange", listener);
  },
};

/** How a poll reads. */
export interface PollOptions {
  /** @defaultValue that of the document */
  readonly visibility?: Visibility;
  /** From an answer to the next question. @defaultValue 4,000 */
  readonly everyMs?: number;
  /** While word comes, it is read when there is some. @defaultValue none */
  readonly news?: News;
}

/** Reads at once, and every few seconds from then on, while there are listeners and the page is to be seen. */
export function createPoll<Value>(
  read: () => Promise<Value>,
  { visibility = ofDocument, everyMs = EVERY_MS, news }: PollOptions = {},
): Poll<Value> {
  let polled: Polled<Value> = { value: null, error: null };
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let endWatch: (() => void) | null = null;
  let endNews: (() => void) | null = null;
  let asked = 0;
  let answered = 0;
  let answeredMs = 0;
  /** Whether word comes, and whether it came since the last question. */
  let isHeard = false;
  let isNew = false;

  async function refresh(): Promise<void> {
    clearTimeout(timer);
    isNew = false;
    asked += 1;
    const mine = asked;
    const next = await read().then(
      (value): Polled<Value> => ({ value, error: null }),
      // What was read before stands until it can be read again.
      (error: unknown): Polled<Value> => ({ value: polled.value, error }),
    );
    // An answer that comes late says less than the one after it.
    if (mine !== asked) return;
    answered = mine;
    answeredMs = performance.now();
    polled = next;
    for (const listener of listeners) listener();
    schedule();
  }

  function schedule(): void {
    clearTimeout(timer);
    if (listeners.size === 0 || !visibility.isVisible()) return;
    const restMs = isNew ? REST_MS : isHeard && polled.error === null ? HEARD_EVERY_MS : everyMs;
    timer = setTimeout(refresh, Math.max(0, answeredMs + restMs - performance.now()));
  }

  function onNews(): void {
    isHeard = true;
    isNew = true;
    if (asked === answered) schedule();
  }

  function onLost(): void {
    isHeard = false;
    if (asked === answered) schedule();
  }

  function stop(): void {
    clearTimeout(timer);
    endNews?.();
    endNews = null;
    isHeard = false;
  }

  function onVisibility(): void {
    if (!visibility.isVisible()) return stop();
    void refresh();
    endNews ??= news?.listen(onNews, onLost) ?? null;
  }

  return {
    getSnapshot: () => polled,
    subscribe(listener) {
      listeners.add(listener);
      if (listeners.size === 1) {
        endWatch = visibility.onChange(onVisibility);
        onVisibility();
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        endWatch?.();
        stop();
      };
    },
    refresh,
  };
}

/** What a poll has read, as it comes. */
export function usePoll<Value>(poll: Poll<Value>): Polled<Value> {
  return useSyncExternalStore(poll.subscribe, poll.getSnapshot);
}

/** Polls what `read` reads as long as the component is there; another `key` begins anew. */
export function usePolled<Value>(key: string, read: () => Promise<Value>, everyMs = EVERY_MS) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what is read
  const poll = useMemo(() => createPoll(read, { everyMs }), [key]);
  return { ...usePoll(poll), refresh: poll.refresh };
}
