import type { Job, PlayheadEvent } from "@playhead/core";
import { useEffect, useMemo, useState } from "react";
import { client } from "../../../client.ts";
import { createJobHistory, type JobHistory } from "./job-history.ts";

/** A job's facts, as far as they have been read. */
export interface LoadedHistory {
  readonly history: JobHistory;
  /** How many facts there are in it: another number, another history. */
  readonly count: number;
  /** Why they could not be read; null when they could. */
  readonly error: unknown;
}

interface FactsPage {
  readonly events: readonly PlayheadEvent[];
  readonly next_after: number | null;
}

const PAGE_SIZE = 1_000;
/** What comes while one looks at the past is read so often. */
const AGAIN_MS = 1_000;

/**
 * Reads a job's facts once, and those that have come since then as they come.
 *
 * @param isWanted whether anybody looks at them
 */
export function useJobHistory({ job_id: jobId, seq }: Pick<Job, "job_id" | "seq">, isWanted: boolean): LoadedHistory {
  const history = useMemo(() => createJobHistory(jobId), [jobId]);
  const [count, setCount] = useState(0);
  const [error, setError] = useState<unknown>(null);
  const isBehind = count < seq;
  useEffect(() => {
    if (!isWanted || !isBehind) return;
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      try {
        await readOn(
          history,
          jobId,
          (read) => isOver || setCount(read),
          () => isOver,
        );
        if (!isOver) setError(null);
      } catch (cause) {
        if (!isOver) setError(cause);
      }
      if (!isOver) timer = setTimeout(read, AGAIN_MS);
    };
    void read();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [history, jobId, isWanted, isBehind]);
  return useMemo(() => ({ history, count, error }), [history, count, error]);
}

async function readOn(history: JobHistory, jobId: string, told: (count: number) => void, isOver: () => boolean) {
  for (let after: number | null = history.facts.length; after !== null && !isOver(); ) {
    const page: FactsPage = await client.api.ask("GET", `jobs/${encodeURIComponent(jobId)}/events`, {
      query: { after, limit: PAGE_SIZE },
    });
    history.add(page.events);
    told(history.facts.length);
    after = page.next_after;
  }
}
