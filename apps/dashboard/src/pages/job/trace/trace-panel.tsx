import { isFinalJobState, type Job } from "@playhead/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useCallback, useMemo, useRef, useState } from "react";
import { Button } from "../../../ui/button.tsx";
import { describeError } from "../../../ui/error-text.ts";
import { Skeleton } from "../../../ui/skeleton.tsx";
import { useTimescale } from "../use-timescale.ts";
import { CallDetails } from "./call-details.tsx";
import { TraceRowView } from "./trace-row.tsx";
import { foldedTraceAtFirst, type TraceNode, traceRows, traceTree } from "./trace-tree.ts";
import { PAGES_AT_ONCE, useTrace } from "./use-trace.ts";
import "./trace.css";

export interface TracePanelProps {
  readonly job: Job;
  readonly nowMs: number;
}

const ROW_PX = 26;

/** What was called while the job ran, as a waterfall: which call made which, when, how long, and what went wrong. */
export function TracePanel({ job, nowMs }: TracePanelProps) {
  const [pages, setPages] = useState(PAGES_AT_ONCE);
  const trace = useTrace(job.job_id, pages, !isFinalJobState(job.state));
  const roots = useMemo(() => traceTree(trace.calls, job.tasks), [trace.calls, job.tasks]);
  if (!trace.loaded) return trace.error === null ? <Loading /> : <Unread error={trace.error} />;
  if (roots.length === 0) return <NoCalls />;
  return (
    <>
      <Waterfall roots={roots} job={job} nowMs={nowMs} />
      {trace.hasMore && (
        <p className="flex items-center gap-3 py-2 text-13 text-faint">
          The first {trace.calls.length.toLocaleString("en")} calls.
          <Button look="plain" onClick={() => setPages(pages + PAGES_AT_ONCE)}>
            Read on
          </Button>
        </p>
      )}
      {trace.error !== null && <Unread error={trace.error} />}
    </>
  );
}

interface WaterfallProps extends TracePanelProps {
  readonly roots: readonly TraceNode[];
}

function Waterfall({ roots, job, nowMs }: WaterfallProps) {
  const [folded, setFolded] = useState(() => foldedTraceAtFirst(roots));
  const [chosenId, setChosen] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const rows = useMemo(() => traceRows(roots, folded), [roots, folded]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]?.node.id ?? index,
    overscan: 12,
  });
  const startMs = Date.parse(job.started_at ?? job.created_at);
  const endedMs = job.ended_at === null ? null : Date.parse(job.ended_at);
  const scale = useTimescale(job, nowMs, 0);
  const chosen = rows.find(({ node }) => node.id === chosenId)?.node ?? null;
  const activeRow = Math.min(active, rows.length - 1);

  // The same each time, or every row would be drawn again with each tick.
  const fold = useCallback((id: string, toFold: boolean) => {
    setFolded((before) => {
      const after = new Set(before);
      if (toFold) after.add(id);
      else after.delete(id);
      return after;
    });
  }, []);
  const goTo = (index: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setActive(next);
    virtual.scrollToIndex(next);
    // The row may only be drawn by this scrolling.
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[activeRow];
    const act = {
      ArrowDown: () => goTo(activeRow + 1),
      ArrowUp: () => goTo(activeRow - 1),
      Home: () => goTo(0),
      End: () => goTo(rows.length - 1),
      ArrowRight: () => row !== undefined && fold(row.node.id, false),
      ArrowLeft: () => row !== undefined && row.node.children.length > 0 && fold(row.node.id, true),
      Escape: () => setChosen(null),
    }[event.key];
    if (act === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  };
  // While the active row is out of sight, the first one in sight takes its place in the tab order.
  const drawn = virtual.getVirtualItems();
  const tabRow = drawn.some(({ index }) => index === activeRow) ? activeRow : drawn[0]?.index;

  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys come from the buttons inside */}
      <div ref={scroller} className="trace" onKeyDown={onKeyDown}>
        <ul aria-label="Calls" className="relative" style={{ height: virtual.getTotalSize() }}>
          {drawn.map(({ index, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            return (
              <TraceRowView
                key={row.node.id}
                row={row}
                index={index}
                count={rows.length}
                topPx={start}
                scale={scale}
                endMs={row.node.endMs ?? endedMs ?? nowMs}
                isInTabOrder={index === tabRow}
                isChosen={row.node.id === chosenId}
                onActive={setActive}
                onFold={fold}
                onChoose={setChosen}
              />
            );
          })}
        </ul>
      </div>
      <CallDetails node={chosen} startMs={startMs} />
    </>
  );
}

function Loading() {
  return (
    <div className="space-y-3 pt-4">
      <p className="sr-only" role="status">
        Loading the calls
      </p>
      {["w-2/3", "w-1/2", "w-3/4", "w-1/3"].map((width) => (
        <Skeleton key={width} className={`h-4 ${width}`} />
      ))}
    </div>
  );
}

function Unread({ error }: { readonly error: unknown }) {
  return (
    <p className="py-4 text-soft" role="alert">
      The calls could not be read. {describeError(error).message}
    </p>
  );
}

function NoCalls() {
  return (
    <p className="max-w-prose py-6 text-soft">
      No call of this job was recorded. Wrap a function in <code className="font-mono text-12">monitor(fn)</code>, and
      its calls appear here: when, how long, with what, and why they failed.
    </p>
  );
}
