import type { LogLine } from "@playhead/core";
import type { Api } from "./api.ts";
import { appendLines, EMPTY_TAIL, type LogTail, prependPage } from "./log-tail.ts";
import { createStore, type Store } from "./store.ts";

/** A job's log: its live tail, closed with what was missed, and read on into the past when asked. */
export interface JobLogs extends Store<LogTail> {
  /** Lines that came in live. */
  add(lines: readonly LogLine[]): void;
  /** Reads what came while nobody listened: all after a line, or the newest page when there is none yet. */
  catchUp(afterLogId: number | null): Promise<void>;
  /** Reads the page before the first line; does nothing when there is none, or while it is under way. */
  loadOlder(): Promise<void>;
}

/** How many lines one request asks for. */
const PAGE_LINES = 500;
/** When more pages than this were missed, what was read before is let go. */
const MAX_CATCH_UP_PAGES = 4;

/** Creates the log of a job. */
export function createJobLogs(api: Pick<Api, "logs">, jobId: string): JobLogs {
  const tail = createStore<LogTail>(EMPTY_TAIL);
  let loading: Promise<void> | null = null;

  /** One request at a time; whoever asks meanwhile waits for the one under way. */
  function once(load: () => Promise<void>): Promise<void> {
    loading ??= load().finally(() => {
      loading = null;
    });
    return loading;
  }

  async function readOlder(): Promise<void> {
    const { lines, hasOlder } = tail.getSnapshot();
    if (!hasOlder) return;
    const before = lines[0]?.log_id ?? Number.MAX_SAFE_INTEGER;
    const page = (await api.logs(jobId, { before, limit: PAGE_LINES })).logs;
    tail.set(prependPage(tail.getSnapshot(), page, page.length < PAGE_LINES));
  }

  async function readMissed(afterLogId: number): Promise<void> {
    let after = afterLogId;
    for (let page = 0; page < MAX_CATCH_UP_PAGES; page++) {
      const { logs } = await api.logs(jobId, { after, limit: PAGE_LINES });
      tail.set(appendLines(tail.getSnapshot(), logs));
      const last = logs.at(-1);
      if (last === undefined || logs.length < PAGE_LINES) return;
      after = last.log_id;
    }
    // More than a tail holds: begin again at the newest, rather than show a log with a hole in it.
    tail.set(EMPTY_TAIL);
    return readOlder();
  }

  return {
    getSnapshot: tail.getSnapshot,
    subscribe: tail.subscribe,
    add: (lines) => tail.set(appendLines(tail.getSnapshot(), lines)),
    catchUp: (afterLogId) => once(() => (afterLogId === null ? readOlder() : readMissed(afterLogId))),
    loadOlder: () => once(readOlder),
  };
}
