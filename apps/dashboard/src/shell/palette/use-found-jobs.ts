import type { JobSummary } from "@playhead/core";
import { useEffect, useState } from "react";
import { client } from "../../client.ts";

/** Typing that goes on is not asked about. */
const PATIENCE_MS = 120;
const MOST = 10;

export interface FoundJobs {
  readonly jobs: readonly JobSummary[];
  /** Whether they are for what is typed now. */
  readonly isCurrent: boolean;
  /** Whether the server could not be asked: pages and actions are found without it. */
  readonly hasFailed: boolean;
}

const NONE: FoundJobs = { jobs: [], isCurrent: true, hasFailed: false };

/** The newest jobs whose title or id has in it what was typed: the server looks for them. */
export function useFoundJobs(typed: string): FoundJobs {
  const query = typed.trim();
  const [found, setFound] = useState({ query: "", jobs: NONE.jobs, hasFailed: false });
  useEffect(() => {
    if (query === "") return;
    let isOver = false;
    const timer = setTimeout(() => {
      client.api.jobs({ q: query.slice(0, 200), page_size: MOST }).then(
        ({ jobs }) => isOver || setFound({ query, jobs, hasFailed: false }),
        () => isOver || setFound({ query, jobs: [], hasFailed: true }),
      );
    }, PATIENCE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [query]);
  if (query === "") return NONE;
  return { jobs: found.jobs, isCurrent: found.query === query, hasFailed: found.hasFailed };
}
