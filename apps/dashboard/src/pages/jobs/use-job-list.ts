import { isFinalJobState, JOB_STATES, type JobsFilter } from "@playhead/core";
import { useJobs } from "@playhead/react";
import { useEffect, useRef, useSyncExternalStore } from "react";
import type { JobListState } from "./job-list.ts";
import { useKeptList } from "./job-list-provider.tsx";
import { type JobsView, queryOf } from "./jobs-query.ts";

/** Whoever types is not done yet. */
const SETTLE_MS = 150;
/** So many jobs are followed: the newest, and the newest of those that have not ended. */
const FOLLOWED = 200;
/** Jobs that are on the screen and are not followed are read again this often. */
const REFRESH_MS = 5_000;

const OPEN_STATES = JOB_STATES.filter((state) => !isFinalJobState(state));

/** The rows on the screen, by their places; both included. */
export interface VisibleRows {
  readonly first: number;
  readonly last: number;
  /** How far down the page is. */
  readonly scrollPx: number;
  /** Whether nothing of the list is above the screen. */
  readonly isAtTop: boolean;
}

/** The jobs of a view, read as one goes down, and kept as they stand now. */
export function useJobList(view: JobsView) {
  const kept = useKeptList();
  const { list } = kept;
  const state: JobListState = useSyncExternalStore(list.subscribe, list.getSnapshot);
  const visible = useRef<VisibleRows>({
    first: 0,
    last: 0,
    scrollPx: kept.scrollPx,
    isAtTop: kept.scrollPx === 0,
  });
  const key = JSON.stringify(view);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the view
  useEffect(() => {
    if (kept.viewKey === key) return;
    const ask = () => {
      kept.viewKey = key;
      void list.show(queryOf(view, Date.now()));
    };
    const timer = setTimeout(ask, kept.viewKey === "" ? 0 : SETTLE_MS);
    return () => clearTimeout(timer);
  }, [key]);

  const narrowed: JobsFilter = {
    ...(view.kinds.length > 0 && { kind: view.kinds }),
    ...(view.user !== null && { user_id: view.user }),
    limit: FOLLOWED,
  };
  const newest = useJobs(narrowed);
  const open = useJobs({ ...narrowed, state: OPEN_STATES });
  useEffect(() => {
    if (newest.loaded && open.loaded) list.follow({ newest: newest.jobs, open: open.jobs, limit: FOLLOWED });
  }, [list, newest, open]);

  const live = newest.live && open.live;
  const followed = useRef({ newest, open });
  followed.current = { newest, open };
  useEffect(() => {
    if (!live) return;
    const refresh = () => list.refresh(visible.current.first, visible.current.last);
    // What happened while one was away, or nobody listened; and what could not be read then.
    void refresh();
    void list.retry();
    const timer = setInterval(() => {
      if (document.visibilityState === "visible" && showsUnfollowed()) void refresh();
    }, REFRESH_MS);
    return () => clearInterval(timer);

    function showsUnfollowed(): boolean {
      const { newest, open } = followed.current;
      const ids = new Set([...newest.jobs, ...open.jobs].map(({ job_id }) => job_id));
      const { first, last } = visible.current;
      return (list.getSnapshot().ids ?? []).slice(first, last + 1).some((id) => {
        const job = list.job(id);
        return job !== undefined && job.ended_at === null && !ids.has(id);
      });
    }
  }, [list, live]);

  return {
    ...state,
    live,
    list,
    kept,
    visible,
    /** Those that are followed over the live connection, newest first. */
    newest: newest.jobs,
    /** Asks anew, from the top on. */
    reload: () => void list.show(queryOf(view, Date.now())),
  };
}
