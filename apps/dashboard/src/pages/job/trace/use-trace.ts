import type { LogEntry } from "@playhead/core";
import { useEffect, useState } from "react";
import { client } from "../../../client.ts";

/** The calls of a job, as far as they have been read. */
export interface Trace {
  readonly calls: readonly LogEntry[];
  /** Whether there has been an answer. */
  readonly loaded: boolean;
  /** Whether there are more than were read. */
  readonly hasMore: boolean;
  /** Of the last try; null when it went well. */
  readonly error: unknown;
}

const EMPTY: Trace = { calls: [], loaded: false, hasMore: false, error: null };
const EVERY_MS = 5_000;
const PAGE_SIZE = 200;
/** As many as are read at first, and with each wish for more. */
export const PAGES_AT_ONCE = 5;

/** Reads a job's calls: once when it has ended, every five seconds while it has not. */
export function useTrace(jobId: string, pages: number, isOpen: boolean): Trace {
  const [trace, setTrace] = useState(EMPTY);
  useEffect(() => {
    const left = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const readOn = async () => {
      const read = await readCalls(jobId, pages, left.signal).then(
        (calls) => ({ ...calls, loaded: true, error: null }),
        // What was read before stands.
        (error: unknown) => ({ error }),
      );
      if (left.signal.aborted) return;
      setTrace((before) => ({ ...before, ...read }));
      if (isOpen) timer = setTimeout(readOn, EVERY_MS);
    };
    void readOn();
    return () => {
      left.abort();
      clearTimeout(timer);
    };
  }, [jobId, pages, isOpen]);
  return trace;
}

async function readCalls(jobId: string, pages: number, signal: AbortSignal) {
  const calls: LogEntry[] = [];
  let token: string | null = null;
  for (let page = 0; page < pages && !signal.aborted; page++) {
    const answer = await client.api.executions(jobId, {
      page_size: PAGE_SIZE,
      ...(token !== null && { page_token: token }),
    });
    calls.push(...answer.executions);
    token = answer.next_page_token;
    if (token === null) break;
  }
  return { calls, hasMore: token !== null };
}
