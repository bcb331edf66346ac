import type { JobsPage } from "@playhead/client";
import type { JobSummary } from "@playhead/core";
import { useJobs } from "@playhead/react";
import { useEffect, useRef, useState } from "react";
import { client } from "../../client.ts";
import type { JobsView } from "./jobs-query.ts";
import { mergeLive } from "./merge-live.ts";

/** The jobs of a view, page by page, each as it stands now. */
export interface JobPages {
  /** Null before the first page has come. */
  readonly jobs: readonly JobSummary[] | null;
  readonly loading: boolean;
  readonly error: unknown;
  /** Null when there are no more. */
  readonly loadMore: (() => void) | null;
}

interface Loaded {
  readonly key: string;
  readonly jobs: readonly JobSummary[];
  readonly nextPageToken: string | null;
}

/** Whoever types is not done yet. */
const SETTLE_MS = 150;
/** So many of the newest are followed; older ones stand as they were read. */
const FOLLOWED = 200;

/** Reads a view's jobs, and keeps them as they are now: what changes, or is new, comes over the live connection. */
export function useJobPages(view: JobsView): JobPages {
  const key = JSON.stringify(view);
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [loading, setLoading] = useState(true);
  const [error, setError] = useState<unknown>(null);
  const newest = useRef(key);
  newest.current = key;
  const followed = useJobs({ limit: FOLLOWED });

  const read = async (pageToken: string | null, before: readonly JobSummary[]) => {
    setLoading(true);
    try {
      const page: JobsPage = await client.api.jobs(queryOf(view, pageToken));
      // An answer to a question that nobody asks any more.
      if (newest.current !== key) return;
      setLoaded({ key, jobs: [...before, ...page.jobs], nextPageToken: page.next_page_token });
      setError(null);
    } catch (thrown) {
      if (newest.current === key) setError(thrown);
    }
    if (newest.current === key) setLoading(false);
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the view
  useEffect(() => {
    const timer = setTimeout(() => read(null, []), loaded === null ? 0 : SETTLE_MS);
    return () => clearTimeout(timer);
  }, [key]);

  const jobs = loaded === null ? null : mergeLive(loaded.jobs, followed.jobs, view);
  const next = loaded?.key === key ? loaded.nextPageToken : null;
  return {
    jobs,
    loading,
    error,
    loadMore: next === null || loaded === null ? null : () => void read(next, loaded.jobs),
  };
}

function queryOf({ states, text }: JobsView, pageToken: string | null) {
  return {
    ...(states.length > 0 && { state: states }),
    ...(text !== "" && { q: text }),
    ...(pageToken !== null && { page_token: pageToken }),
  };
}
