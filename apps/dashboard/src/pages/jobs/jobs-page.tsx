import { Toggle } from "@base-ui/react/toggle";
import type { JobSummary } from "@playhead/core";
import { useDeferredValue } from "react";
import { useSearchParams } from "wouter";
import { Button } from "../../ui/button.tsx";
import { describeError } from "../../ui/error-text.ts";
import { Icon } from "../../ui/icons.tsx";
import { JobsTable } from "../../ui/jobs-table.tsx";
import { Page } from "../../ui/page.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { useNow } from "../../ui/use-now.ts";
import { useOverview } from "../../ui/use-overview.ts";
import {
  countOf,
  type JobsView,
  jobsAnswer,
  readJobsView,
  STATE_GROUPS,
  toggleGroup,
  writeJobsView,
} from "./jobs-query.ts";
import { useJobPages } from "./use-job-pages.ts";

/** All jobs, to be sifted and searched; the address says what is shown. */
export function JobsPage() {
  const [search, setSearch] = useSearchParams();
  const view = readJobsView(search);
  const text = useDeferredValue(view.text);
  const pages = useJobPages({ ...view, text });
  const nowMs = useNow(5_000);
  const show = (next: JobsView) => setSearch(writeJobsView(next), { replace: true });
  const overview = useOverview();
  const answer = overview === null ? "Jobs" : jobsAnswer(overview.by_state);
  const filtered = view.states.length > 0 || view.text !== "";
  return (
    <Page title="Jobs" heading={answer}>
      <div className="mt-5 flex flex-wrap items-center gap-2">
        <label className="flex h-8 w-72 max-w-full items-center gap-2 rounded-md border border-line bg-surface px-2.5 text-faint focus-within:border-edge">
          <Icon name="search" />
          <span className="sr-only">Search by title or id</span>
          <input
            type="search"
            value={view.text}
            onChange={(event) => show({ ...view, text: event.target.value })}
            placeholder="Search by title or id"
            className="min-w-0 grow bg-transparent text-13 text-ink outline-none placeholder:text-faint"
          />
        </label>
        <fieldset className="flex flex-wrap gap-1">
          <legend className="sr-only">States</legend>
          {STATE_GROUPS.map(({ name, word, shape, states }) => (
            <Toggle
              key={name}
              pressed={states.every((state) => view.states.includes(state))}
              onPressedChange={() => show(toggleGroup(view, states))}
              className="flex h-8 items-center gap-1.5 rounded-md border border-transparent px-2.5 text-13 text-soft transition-colors duration-150 hover:bg-raised data-pressed:border-edge data-pressed:bg-raised data-pressed:text-ink"
            >
              <StateMark shape={shape} />
              {word}
              <span className="font-mono text-12 text-faint">
                {overview === null ? "" : countOf(overview.by_state, states)}
              </span>
            </Toggle>
          ))}
        </fieldset>
      </div>
      <div className="mt-4" aria-busy={pages.loading}>
        <Found jobs={pages.jobs} loading={pages.loading} filtered={filtered} nowMs={nowMs} />
      </div>
      {pages.error !== null && (
        <p role="alert" className="mt-3 flex gap-2 text-13">
          <StateMark shape="failed" />
          {describeError(pages.error).message} {describeError(pages.error).hint}
        </p>
      )}
      {pages.loadMore !== null && (
        <div className="mt-4">
          <Button busy={pages.loading} onClick={pages.loadMore}>
            More jobs
          </Button>
        </div>
      )}
    </Page>
  );
}

interface FoundProps {
  readonly jobs: readonly JobSummary[] | null;
  readonly loading: boolean;
  readonly filtered: boolean;
  readonly nowMs: number;
}

function Found({ jobs, loading, filtered, nowMs }: FoundProps) {
  if (jobs === null) {
    return loading ? (
      <div className="space-y-2 pt-8" role="status" aria-label="Loading jobs">
        {["a", "b", "c", "d", "e", "f"].map((key) => (
          <Skeleton key={key} className="h-6 w-full" />
        ))}
      </div>
    ) : null;
  }
  if (jobs.length === 0)
    return (
      <p className="py-4 text-soft">
        {filtered ? "No job is like that. Take a filter away, or search for less." : "There are no jobs yet."}
      </p>
    );
  return <JobsTable jobs={jobs} nowMs={nowMs} label="Jobs" />;
}
