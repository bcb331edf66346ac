import type { JobsPage } from "@playhead/client";
import type { JobSummary } from "@playhead/core";
import { fits, fitsByNow } from "./fits-view.ts";
import type { ListQuery } from "./jobs-query.ts";

/** What a list knows at a moment. Jobs are looked up by id, so that one that changes costs no more than itself. */
export interface JobListState {
  /** The question that `ids` answers; null before the first answer. */
  readonly query: ListQuery | null;
  /** What was found so far, in its order; null before the first answer. */
  readonly ids: readonly string[] | null;
  /** Grows when a job that is shown has changed. */
  readonly version: number;
  readonly loading: boolean;
  /** Why the last reading failed; null when it did not. */
  readonly error: unknown;
  readonly hasMore: boolean;
  /** How many jobs would be shown by now that were not found then. */
  readonly newCount: number;
}

/** The jobs that are followed over the live connection. */
export interface FollowedJobs {
  /** The newest ones, at most `limit`, newest first. */
  readonly newest: readonly JobSummary[];
  /** Those that have not ended. */
  readonly open: readonly JobSummary[];
  readonly limit: number;
}

export interface JobListDeps {
  readonly readJobs: (query: ListQuery & { readonly page_token?: string }) => Promise<JobsPage>;
}

/** A page as it was read; reading it again brings its jobs up to date. */
interface ReadPage {
  readonly token: string | null;
  readonly ids: readonly string[];
}

const NOTHING: JobListState = {
  query: null,
  ids: null,
  version: 0,
  loading: false,
  error: null,
  hasMore: false,
  newCount: 0,
};

/**
 * Any number of jobs, read page by page, and kept as they stand by now. Nobody's eyes lose their place: rows change where
 * they stand; new ones come in at the top while one looks at the top, else they wait and are counted.
 */
export function createJobList({ readJobs }: JobListDeps) {
  let state = NOTHING;
  const listeners = new Set<() => void>();
  /** Each job as it stands, also those that have left the list. */
  const jobs = new Map<string, JobSummary>();
  let shown = new Set<string>();
  let pages: readonly ReadPage[] = [];
  let nextToken: string | null = null;
  let followed: FollowedJobs = { newest: [], open: [], limit: 0 };
  /** Jobs created later are new in any order; null until it is known which one was the newest when the list was read. */
  let newestAtRead: string | null = null;
  let isAtTop = true;
  /** Answers to questions that nobody asks any more are dropped. */
  let question = 0;
  /** What failed last, to be done once more. */
  let failed: (() => Promise<void>) | null = null;

  function set(changes: Partial<JobListState>): void {
    state = { ...state, ...changes };
    for (const listener of [...listeners]) listener();
  }

  function setPages(next: readonly ReadPage[]): readonly string[] {
    pages = next;
    return next.flatMap(({ ids }) => ids);
  }

  async function show(query: ListQuery): Promise<void> {
    const asked = ++question;
    set({ loading: true });
    try {
      const page = await readJobs(query);
      if (asked !== question) return;
      // It may have gone on since it was looked up.
      const wanted = page.jobs.filter((job) => fitsByNow(query, job));
      jobs.clear();
      for (const job of wanted) jobs.set(job.job_id, job);
      const ids = wanted.map(({ job_id }) => job_id);
      shown = new Set(ids);
      nextToken = page.next_page_token;
      newestAtRead = null;
      set({
        query,
        ids: setPages([{ token: null, ids }]),
        version: state.version + 1,
        loading: false,
        error: null,
        hasMore: nextToken !== null,
        newCount: 0,
      });
      takeIn();
    } catch (error) {
      if (asked === question) fail(() => show(query), error);
    }
  }

  function fail(again: () => Promise<void>, error: unknown): void {
    failed = again;
    set({ loading: false, error });
  }

  async function more(): Promise<void> {
    const { query, loading } = state;
    if (query === null || nextToken === null || loading) return;
    const asked = question;
    const token = nextToken;
    set({ loading: true });
    try {
      const page = await readJobs({ ...query, page_token: token });
      if (asked !== question) return;
      const fresh = page.jobs.filter((job) => !shown.has(job.job_id) && fitsByNow(query, job));
      for (const job of fresh) {
        jobs.set(job.job_id, job);
        shown.add(job.job_id);
      }
      const ids = fresh.map(({ job_id }) => job_id);
      nextToken = page.next_page_token;
      pages = [...pages, { token, ids }];
      set({ ids: [...(state.ids ?? []), ...ids], loading: false, error: null, hasMore: nextToken !== null });
    } catch (error) {
      if (asked === question) fail(more, error);
    }
  }

  /** Brings what is followed into what is shown. */
  function takeIn(): void {
    const { query, ids } = state;
    if (query === null || ids === null) return;
    let hasChanged = false;
    const gone = new Set<string>();
    const fresh = new Map<string, JobSummary>();
    for (const job of [...followed.newest, ...followed.open]) {
      if (!shown.has(job.job_id)) {
        if (isNew(query, ids, job)) fresh.set(job.job_id, job);
      } else if (update(job)) {
        hasChanged = true;
        if (!fitsByNow(query, job)) gone.add(job.job_id);
      }
    }
    newestAtRead ??= followed.newest[0]?.created_at ?? null;

    const atTop = isAtTop ? [...fresh.values()].filter((job) => goesOnTop(query, ids, job)) : [];
    // There may be more of them than are followed.
    if (atTop.length > 0 && atTop.length >= followed.limit) {
      void show(query);
      return;
    }
    const newCount = fresh.size - atTop.length;
    if (!hasChanged && atTop.length === 0 && newCount === state.newCount) return;
    set({
      newCount,
      version: hasChanged ? state.version + 1 : state.version,
      ...((gone.size > 0 || atTop.length > 0) && { ids: rearrange(gone, atTop) }),
    });
  }

  /** Takes jobs out, and puts others on top. */
  function rearrange(gone: ReadonlySet<string>, atTop: readonly JobSummary[]): readonly string[] {
    for (const id of gone) shown.delete(id);
    for (const job of atTop) {
      jobs.set(job.job_id, job);
      shown.add(job.job_id);
    }
    const top = [...atTop].sort((a, b) => (a.created_at < b.created_at ? 1 : -1)).map(({ job_id }) => job_id);
    const kept = pages.map(({ token, ids }) => ({ token, ids: ids.filter((id) => !gone.has(id)) }));
    return setPages(kept.map((page, at) => (at === 0 ? { ...page, ids: [...top, ...page.ids] } : page)));
  }

  function isNew(query: ListQuery, ids: readonly string[], job: JobSummary): boolean {
    if (!fits(query, job)) return false;
    if (!state.hasMore || (newestAtRead !== null && job.created_at > newestAtRead)) return true;
    const last = jobs.get(ids.at(-1) ?? "");
    return isByNewest(query) && last !== undefined && job.created_at > last.created_at;
  }

  function goesOnTop(query: ListQuery, ids: readonly string[], job: JobSummary): boolean {
    const first = jobs.get(ids[0] ?? "");
    return isByNewest(query) && (first === undefined || job.created_at > first.created_at);
  }

  /** @returns whether this is news of the job. */
  function update(job: JobSummary): boolean {
    const known = jobs.get(job.job_id);
    if (known === job) return false;
    if (known !== undefined && (job.seq < known.seq || (job.seq === known.seq && job.tick <= known.tick))) return false;
    jobs.set(job.job_id, job);
    return true;
  }

  /** Reads a page again: what is on it stands as it does now; what has left it goes. */
  async function readAgain(query: ListQuery, { token }: ReadPage): Promise<void> {
    const asked = question;
    const answer = await readJobs({ ...query, ...(token !== null && { page_token: token }) });
    const page = pages.find((page) => page.token === token);
    if (asked !== question || page === undefined) return;
    const found = new Set(answer.jobs.map(({ job_id }) => job_id));
    let hasChanged = false;
    for (const job of answer.jobs) if (shown.has(job.job_id) && update(job)) hasChanged = true;
    // What lies behind the answer's end is another page's affair.
    const end = page.ids.findLastIndex((id) => found.has(id));
    const gone = new Set(page.ids.slice(0, end).filter((id) => !found.has(id)));
    if (!hasChanged && gone.size === 0) return;
    set({ version: state.version + 1, ...(gone.size > 0 && { ids: rearrange(gone, []) }) });
  }

  return {
    getSnapshot: () => state,
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** The job as it stands, as far as it is known. */
    job: (jobId: string): JobSummary | undefined => jobs.get(jobId),
    /** Asks anew; what was found stays until the answer is there. */
    show,
    /** Reads the next page, where there is one. */
    more,
    /** Does once more what failed last. */
    async retry(): Promise<void> {
      if (state.error !== null && !state.loading) await failed?.();
    },
    /** Takes in what came over the live connection. */
    follow(next: FollowedJobs): void {
      followed = next;
      takeIn();
    },
    /** Says whether one looks at the top, where new jobs may come in. */
    lookAtTop(isSo: boolean): void {
      if (isAtTop === isSo) return;
      isAtTop = isSo;
      if (isSo) takeIn();
    },
    /** Reads those pages again that hold rows from `first` to `last`; a failure is the connection's to tell. */
    async refresh(first: number, last: number): Promise<void> {
      const { query } = state;
      if (query === null) return;
      let start = 0;
      const wanted = pages.filter(({ ids }) => {
        const isWanted = start <= last && start + ids.length > first;
        start += ids.length;
        return isWanted;
      });
      await Promise.allSettled(wanted.map((page) => readAgain(query, page)));
    },
  };
}

export type JobList = ReturnType<typeof createJobList>;

const isByNewest = ({ sort, order }: ListQuery) => sort === "created_at" && order === "desc";
