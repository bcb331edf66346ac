import { defaultRangeExtractor, useWindowVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, Fragment, type MouseEvent, useCallback, useLayoutEffect, useRef, useState } from "react";
import { useAfterFirst } from "../../ui/use-after-first.ts";
import { DESK, useMedia } from "../../ui/use-media.ts";
import type { JobList, JobListState } from "./job-list.ts";
import { JobsGridHead } from "./jobs-grid-head.tsx";
import { JobsGridRow } from "./jobs-grid-row.tsx";
import type { JobsSort } from "./jobs-query.ts";
import { extendTo, NONE, type Selection, toggleAll, toggleOne } from "./selection.ts";
import { useGridKeys } from "./use-grid-keys.ts";
import type { VisibleRows } from "./use-job-list.ts";
import { useSteadyScroll } from "./use-steady-scroll.ts";

export interface JobsGridProps {
  readonly list: JobList;
  readonly ids: readonly string[];
  readonly state: Pick<JobListState, "version" | "hasMore">;
  readonly sort: JobsSort;
  readonly onSort: (by: JobsSort["by"]) => void;
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
  readonly nowMs: number;
  /** Told as one scrolls. */
  readonly onVisible: (rows: VisibleRows) => void;
  /** How far down the page is to be at first. */
  readonly startPx: number;
}

const ROW_PX = { desk: 32, phone: 44 };
/** Rows beyond the screen that are there already when one gets to them. */
const OVERSCAN = 12;
/** So many are drawn before the others: what was clicked is answered at once. */
const AT_FIRST = 12;
/** What covers the top: the page's bar and the list's head. */
const COVERED_PX = 84;

/** Any number of jobs, of which those on the screen are drawn; the page scrolls. */
export function JobsGrid({
  list,
  ids,
  state,
  sort,
  onSort,
  selection,
  onSelect,
  nowMs,
  onVisible,
  startPx,
}: JobsGridProps) {
  const isAfterFirst = useAfterFirst();
  const rowPx = useMedia(DESK) ? ROW_PX.desk : ROW_PX.phone;
  const body = useRef<HTMLTableSectionElement>(null);
  const [marginPx, setMarginPx] = useState(0);
  const [activeId, setActiveId] = useState<string | null>(null);
  const found = activeId === null ? -1 : ids.indexOf(activeId);
  const activeIndex = found === -1 ? 0 : found;

  const virtual = useWindowVirtualizer({
    count: ids.length,
    estimateSize: () => rowPx,
    overscan: isAfterFirst ? OVERSCAN : 0,
    scrollMargin: marginPx,
    scrollPaddingStart: COVERED_PX,
    scrollPaddingEnd: rowPx,
    initialOffset: startPx,
    getItemKey: (index) => ids[index] ?? index,
    // The keys act on a row that is there, wherever one has scrolled to.
    rangeExtractor(range) {
      const rows = defaultRangeExtractor(range);
      if (!isAfterFirst) return rows.slice(0, AT_FIRST);
      return rows.includes(activeIndex) || activeIndex >= ids.length
        ? rows
        : [...rows, activeIndex].sort((a, b) => a - b);
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are as high as rowPx says
  useLayoutEffect(() => virtual.measure(), [rowPx]);
  useLayoutEffect(() => {
    // What stands above may grow: filters that wrap, an outcome.
    const follow = () => setMarginPx(Math.round((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY));
    follow();
    const observer = new ResizeObserver(follow);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the page comes
  useLayoutEffect(() => {
    if (startPx > 0) window.scrollTo(0, startPx);
  }, []);

  const { startIndex: first = 0, endIndex: last = 0 } = virtual.range ?? {};
  const scrollPx = virtual.scrollOffset ?? 0;
  const isAtTop = scrollPx <= marginPx - COVERED_PX;
  useLayoutEffect(() => onVisible({ first, last, scrollPx, isAtTop }), [first, last, scrollPx, isAtTop, onVisible]);
  useSteadyScroll({ ids, first, rowPx });

  const shift = useRef(false);
  const now = useRef({ selection, ids });
  now.current = { selection, ids };
  const choose = useCallback(
    (jobId: string) => {
      const { selection, ids } = now.current;
      setActiveId(jobId);
      onSelect(shift.current ? extendTo(selection, jobId, ids) : toggleOne(selection, jobId));
    },
    [onSelect],
  );
  /** With Shift a click anywhere on a row chooses, where else it opens: the link itself lets such clicks be. */
  const onClickCapture = (event: MouseEvent) => {
    const element = event.target as Element;
    const jobId = element.closest<HTMLElement>("[data-job]")?.dataset.job;
    if (!event.shiftKey || jobId === undefined || element.closest("label") !== null) return;
    event.preventDefault();
    event.stopPropagation();
    choose(jobId);
  };
  const onKeyDown = useGridKeys({
    ids,
    activeIndex,
    rowsAPage: Math.max(1, last - first - 1),
    body,
    onMove(index, isExtending) {
      const id = ids[index];
      if (id === undefined) return;
      virtual.scrollToIndex(index, { align: "auto" });
      setActiveId(id);
      if (!isExtending) return;
      const from = ids[activeIndex];
      const begun = from === undefined || selection.ids.has(from) ? selection : toggleOne(selection, from);
      onSelect(extendTo(begun.anchor === null ? { ...begun, anchor: from ?? null } : begun, id, ids));
    },
    onToggle: choose,
    onAll: () => onSelect({ ids: new Set(ids), anchor: null }),
    onNone: () => onSelect(NONE),
  });

  const chosenCount = selection.ids.size;
  const chosen = chosenCount === 0 ? "none" : ids.every((id) => selection.ids.has(id)) ? "all" : "some";
  let endPx = marginPx;
  return (
    <table
      // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose rows can be chosen is a grid
      role="grid"
      aria-label="Jobs"
      aria-multiselectable="true"
      aria-rowcount={state.hasMore ? -1 : ids.length + 1}
      className="w-full table-fixed border-collapse text-left text-13"
      style={{ "--row": `${rowPx}px` } as CSSProperties}
      onClickCapture={onClickCapture}
      onKeyDown={(event) => {
        shift.current = event.shiftKey;
        onKeyDown(event);
      }}
      onPointerDown={(event) => {
        shift.current = event.shiftKey;
        // A range of rows is meant, not of text.
        if (event.shiftKey) event.preventDefault();
      }}
    >
      <thead className="sticky top-12 z-30 bg-page">
        <JobsGridHead
          sort={sort}
          onSort={onSort}
          chosen={chosen}
          loadedCount={ids.length}
          onToggleAll={() => onSelect(toggleAll(selection, ids))}
        />
      </thead>
      <tbody ref={body}>
        {virtual.getVirtualItems().map(({ index, start, end }) => {
          const gapPx = start - endPx;
          endPx = end;
          const job = list.job(ids[index] ?? "");
          return job === undefined ? null : (
            <Fragment key={job.job_id}>
              {gapPx > 0 && <tr style={{ height: gapPx }} />}
              <JobsGridRow
                job={job}
                index={index}
                isChosen={selection.ids.has(job.job_id)}
                isActive={index === activeIndex}
                sortedByEnd={sort.by === "ended_at"}
                nowMs={nowMs}
                onToggle={choose}
              />
            </Fragment>
          );
        })}
        <tr style={{ height: Math.max(0, marginPx + virtual.getTotalSize() - endPx) }} />
      </tbody>
    </table>
  );
}
