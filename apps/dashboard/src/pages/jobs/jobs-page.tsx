import type { JobSummary } from "@playhead/core";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useSearchParams } from "wouter";
import { client } from "../../client.ts";
import type { JobVerb } from "../../control/control-rules.ts";
import { Button } from "../../ui/button.tsx";
import { describeError } from "../../ui/error-text.ts";
import { NewJobLink } from "../../ui/new-job-link.tsx";
import { Page } from "../../ui/page.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { useNow } from "../../ui/use-now.ts";
import { useOverview } from "../../ui/use-overview.ts";
import { type BulkPlan, runBulk } from "./bulk.ts";
import { BulkBar } from "./bulk-bar.tsx";
import { BulkOutcomeNote, type BulkResultShown } from "./bulk-outcome.tsx";
import { LoadingJobs, NoJobs } from "./jobs-empty.tsx";
import { JobsFilters } from "./jobs-filters.tsx";
import { JobsGrid } from "./jobs-grid.tsx";
import {
  formatCount,
  isFiltered,
  type JobsView,
  jobsAnswer,
  readJobsView,
  toggleSort,
  writeJobsView,
} from "./jobs-query.ts";
import { NewJobsChip } from "./new-jobs-chip.tsx";
import { NONE } from "./selection.ts";
import { useJobList, type VisibleRows } from "./use-job-list.ts";
import { useSeenValues } from "./use-seen-values.ts";

/** So many rows before the end of what was read the next page is asked for. */
const READ_AHEAD = 120;

/** All jobs, to be sifted, searched and commanded; the address says what is shown. */
export function JobsPage() {
  const [search, setSearch] = useSearchParams();
  const view = readJobsView(search);
  const found = useJobList(view);
  const { list, kept, live, ids, visible } = found;
  const nowMs = useNow(5_000);
  const overview = useOverview(found.newest);
  const seen = useSeenValues(list, found);
  const [selection, setSelection] = useState(NONE);
  const [busy, setBusy] = useState<JobVerb | null>(null);
  const [result, setResult] = useState<BulkResultShown | null>(null);

  const show = (next: JobsView) => {
    // Each letter of a search is no step to go back to; the search is.
    const isTyping = next.text !== view.text && view.text !== "" && next.text !== "";
    setSearch(writeJobsView(next), { replace: isTyping });
  };
  const { query } = found;
  const shown = useRef(query);
  useLayoutEffect(() => {
    if (shown.current === query) return;
    // Another list begins at its beginning, and what was chosen was of the one before.
    if (shown.current !== null) window.scrollTo({ top: 0, behavior: "instant" });
    shown.current = query;
    setSelection(NONE);
  }, [query]);

  const startPx = useRef(kept.viewKey === JSON.stringify(view) ? kept.scrollPx : 0).current;
  const onVisible = useCallback(
    (rows: VisibleRows) => {
      visible.current = rows;
      kept.scrollPx = rows.scrollPx;
      list.lookAtTop(rows.isAtTop);
      const { ids, error } = list.getSnapshot();
      if (ids !== null && error === null && rows.last >= ids.length - READ_AHEAD) void list.more();
    },
    [kept, list, visible],
  );
  // A page that came may not have been enough.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again with each page
  useEffect(() => onVisible(visible.current), [ids, onVisible]);

  const chosen = [...selection.ids].map((id) => list.job(id)).filter((job): job is JobSummary => job !== undefined);
  const run = async (plan: BulkPlan) => {
    setBusy(plan.verb);
    setResult(null);
    try {
      setResult({ outcome: await runBulk(plan, client.api.controlAll) });
      setSelection(NONE);
    } catch (error) {
      setResult({ error });
    }
    setBusy(null);
    await list.refresh(visible.current.first, visible.current.last);
  };

  return (
    <Page title="Jobs" heading={overview === null ? "Jobs" : jobsAnswer(overview.by_state)} actions={<NewJobLink />}>
      <JobsFilters
        view={view}
        counts={overview?.by_state ?? null}
        kinds={seen.kinds}
        users={seen.users}
        onChange={show}
      />
      <BulkOutcomeNote shown={result} onClose={() => setResult(null)} />
      <div className="mt-4" aria-busy={found.loading}>
        {ids === null && found.loading && <LoadingJobs />}
        {ids?.length === 0 && <NoJobs filtered={isFiltered(view)} onClear={() => setSearch("")} />}
        {selection.ids.size > 0 && (
          <BulkBar jobs={chosen} live={live} busy={busy} onRun={run} onClear={() => setSelection(NONE)} />
        )}
        <NewJobsChip
          count={found.newCount}
          onShow={() => {
            window.scrollTo({ top: 0, behavior: "instant" });
            found.reload();
          }}
        />
        {ids !== null && ids.length > 0 && (
          <JobsGrid
            list={list}
            ids={ids}
            state={found}
            sort={view.sort}
            onSort={(by) => show(toggleSort(view, by))}
            selection={selection}
            onSelect={setSelection}
            nowMs={nowMs}
            onVisible={onVisible}
            startPx={startPx}
          />
        )}
      </div>
      {found.error !== null && <ListFault error={found.error} onRetry={() => void list.retry()} />}
      {ids !== null && ids.length > 0 && (
        <p className="border-t border-line py-3 text-12 text-faint">
          {found.hasMore ? `${formatCount(ids.length)} read so far; more come as you go down.` : endWords(ids.length)}
        </p>
      )}
    </Page>
  );
}

const endWords = (count: number) => (count === 1 ? "That is the only one." : `That is all ${formatCount(count)}.`);

function ListFault({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const { message, hint } = describeError(error);
  return (
    <div role="alert" className="my-3 flex items-center gap-3 text-13">
      <StateMark shape="failed" />
      <p>
        The jobs could not be read. {message} {hint !== null && <span className="text-soft">{hint}</span>}
      </p>
      <Button onClick={onRetry}>Try again</Button>
    </div>
  );
}
