import { useEffect, useState } from "react";
import type { JobList, JobListState } from "./job-list.ts";

/** What can be chosen from: what jobs of the list were of. */
export interface SeenValues {
  readonly kinds: readonly string[];
  readonly users: readonly string[];
}

/** How many of the last jobs are looked through each time: a page. */
const LOOKED_THROUGH = 200;

/** The kinds and users of the jobs seen so far; they stay when the list is narrowed. */
export function useSeenValues(list: JobList, { ids }: Pick<JobListState, "ids">): SeenValues {
  const [seen, setSeen] = useState<SeenValues>({ kinds: [], users: [] });
  useEffect(() => {
    const jobs = (ids ?? []).slice(-LOOKED_THROUGH).flatMap((id) => list.job(id) ?? []);
    setSeen((before) => {
      const kinds = union(
        before.kinds,
        jobs.map(({ kind }) => kind),
      );
      const users = union(
        before.users,
        jobs.flatMap(({ user_id }) => user_id ?? []),
      );
      return kinds === before.kinds && users === before.users ? before : { kinds, users };
    });
  }, [list, ids]);
  return seen;
}

function union(known: readonly string[], more: readonly string[]): readonly string[] {
  const all = new Set([...known, ...more]);
  return all.size === known.length ? known : [...all].sort();
}
