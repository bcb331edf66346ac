import type { LogEntry } from "@playhead/core";
import { useEffect, useState } from "react";
import { client } from "../../../client.ts";

/** The calls of a piece of work, as far as they have been read. */
export interface TaskCalls {
  readonly calls: readonly LogEntry[];
  /** Whether there has been an answer. */
  readonly loaded: boolean;
  /** Whether more are being read. */
  readonly reading: boolean;
  readonly error: unknown;
}

interface TailPage {
  readonly entries: readonly LogEntry[];
  readonly next_after: number;
}

const NONE: TaskCalls = { calls: [], loaded: false, reading: true, error: null };
const PAGE_SIZE = 1_000;
/** No more than so many are held. */
const MOST_CALLS = 100_000;
/** What comes while they are looked at is read so often. */
const AGAIN_MS = 3_000;

/**
 * Reads the calls of a piece of work in the order in which they came in, each once.
 *
 * @param isOpen whether more may come
 */
export function useTaskCalls(jobId: string, taskId: string, isOpen: boolean): TaskCalls {
  const [calls, setCalls] = useState(NONE);
  useEffect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let after = 0;
    let told = 0;
    let all: readonly LogEntry[] = [];
    setCalls(NONE);
    const read = async () => {
      try {
        for (let isMore = all.length < MOST_CALLS; isMore && !isOver; ) {
          const page: TailPage = await client.api.ask("GET", "logs/tail", {
            query: { job_id: jobId, task_id: taskId, event_type: ["complete", "error"], after, limit: PAGE_SIZE },
          });
          after = page.next_after;
          if (page.entries.length > 0) all = [...all, ...page.entries];
          isMore = page.entries.length === PAGE_SIZE && all.length < MOST_CALLS;
          // Told of each time that there are twice as many: to lay them out takes longer, the more there are.
          const isWorthIt = !isMore || all.length >= told * 2;
          if (isWorthIt && !isOver) {
            told = all.length;
            setCalls({ calls: all, loaded: true, reading: isMore, error: null });
          }
        }
      } catch (error) {
        if (!isOver) setCalls({ calls: all, loaded: true, reading: false, error });
      }
      if (isOpen && !isOver) timer = setTimeout(read, AGAIN_MS);
    };
    void read();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [jobId, taskId, isOpen]);
  return calls;
}
