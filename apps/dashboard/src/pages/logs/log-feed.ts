import type { LogEntry } from "@playhead/core";
import type { EntriesFilter, logsApi } from "./logs-api.ts";
import { mergeEntries } from "./merge-entries.ts";

/** What has been read of the log. */
export interface LogFeedState {
  /** The newest first. */
  readonly entries: readonly LogEntry[];
  readonly loaded: boolean;
  /** Whether there are older ones. */
  readonly hasOlder: boolean;
  readonly isReading: boolean;
  /** Why it cannot be read, or followed, now; null while it can. */
  readonly error: unknown;
}

/** The log as one looks at it: its newest pages, read on into the past when asked, and what comes while it is followed. */
export interface LogFeed {
  getSnapshot(): LogFeedState;
  subscribe(listener: () => void): () => void;
  readOlder(): Promise<void>;
  /** Asks for what came, every second, until it is ended. @returns ends it */
  follow(): () => void;
}

export interface LogFeedDeps {
  readonly api: Pick<typeof logsApi, "page" | "tail">;
  readonly filter: EntriesFilter;
  /** Whether somebody sees it: what is not seen is not asked for. */
  readonly isVisible: () => boolean;
}

const PAGE_ENTRIES = 200;
const TAIL_ENTRIES = 500;
const EVERY_MS = 1_000;
/** Who follows for a day keeps the newest; older ones are read again when one goes there. */
const MOST_KEPT = 10_000;

/** Creates a feed of what a filter lets through; its first page is read for the first listener. */
export function createLogFeed({ api, filter, isVisible }: LogFeedDeps): LogFeed {
  let state: LogFeedState = { entries: [], loaded: false, hasOlder: true, isReading: false, error: null };
  let pageToken: string | undefined;
  /** After which entry the tail goes on; taken before the first page is read, so that nothing falls between the two. */
  let after: number | null = null;
  const listeners = new Set<() => void>();

  function set(change: Partial<LogFeedState>): void {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  }

  async function readOlder(): Promise<void> {
    if (state.isReading || !state.hasOlder) return;
    set({ isReading: true });
    try {
      after ??= (await api.tail({ ...filter, limit: 1 })).next_after;
      const page = await api.page({
        ...filter,
        ...(pageToken === undefined ? olderThan(state.entries.at(-1)) : { page_token: pageToken }),
        page_size: PAGE_ENTRIES,
      });
      pageToken = page.next_page_token ?? undefined;
      const entries = mergeEntries(state.entries, page.entries);
      set({ entries, loaded: true, hasOlder: pageToken !== undefined, isReading: false, error: null });
    } catch (error) {
      set({ isReading: false, error });
    }
  }

  async function readNewer(): Promise<void> {
    if (after === null || !isVisible()) return;
    try {
      const tail = await api.tail({ ...filter, after, limit: TAIL_ENTRIES });
      after = tail.next_after;
      const entries = mergeEntries(state.entries, tail.entries);
      if (entries === state.entries && state.error === null) return;
      const isTooMany = entries.length > MOST_KEPT;
      if (isTooMany) pageToken = undefined;
      set({
        entries: isTooMany ? entries.slice(0, MOST_KEPT) : entries,
        error: null,
        ...(isTooMany && { hasOlder: true }),
      });
    } catch (error) {
      set({ error });
    }
  }

  return {
    getSnapshot: () => state,
    subscribe(listener) {
      listeners.add(listener);
      if (!state.loaded) void readOlder();
      return () => listeners.delete(listener);
    },
    readOlder,
    follow() {
      let timer: ReturnType<typeof setTimeout>;
      let isOver = false;
      const next = async () => {
        await (state.loaded ? readNewer() : readOlder());
        if (!isOver) timer = setTimeout(next, EVERY_MS);
      };
      timer = setTimeout(next, EVERY_MS);
      return () => {
        isOver = true;
        clearTimeout(timer);
      };
    },
  };
}

/** Where to go on without a cursor: at the oldest entry that is held, which is read once more. */
function olderThan(oldest: LogEntry | undefined): EntriesFilter {
  return oldest === undefined ? {} : { to: new Date(Date.parse(oldest.timestamp) + 1).toISOString() };
}
