import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { LogFrame } from "../../ui/log-frame.tsx";
import { useNow } from "../../ui/use-now.ts";
import { foldLines } from "./fold-lines.ts";
import type { LogFeedState } from "./log-feed.ts";
import { LogRowView } from "./log-row.tsx";

export interface LogListProps {
  readonly feed: LogFeedState;
  readonly onReadOlder: () => void;
}

const ROW_PX = 24;
/** So close to the top one means the top. */
const AT_TOP_PX = 8;
/** So many rows before the end one wants to read on. */
const READ_AHEAD = 30;

/** The lines of the log, the newest first: only those that are seen are drawn; what comes does not move what is read. */
export function LogList({ feed, onReadOlder }: LogListProps) {
  const { entries, hasOlder, isReading } = feed;
  const nowMs = useNow(30_000);
  const scroller = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set());
  // The entry that was the newest when one left the top; what came since waits above it.
  const [topId, setTopId] = useState<number | null>(null);
  const waiting =
    topId === null
      ? 0
      : Math.max(
          0,
          entries.findIndex(({ entry_id }) => entry_id === topId),
        );
  const rows = useMemo(
    () => foldLines(waiting === 0 ? entries : entries.slice(waiting), unfolded),
    [entries, waiting, unfolded],
  );
  const virtual = useVirtualizer<HTMLDivElement, Element>({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]?.entry.entry_id ?? index,
    overscan: 20,
  });

  const lastSeen = virtual.getVirtualItems().at(-1)?.index ?? 0;
  const wantsOlder = hasOlder && !isReading && rows.length > 0 && lastSeen >= rows.length - READ_AHEAD;
  useEffect(() => {
    if (wantsOlder && feed.error === null) onReadOlder();
  }, [wantsOlder, feed.error, onReadOlder]);

  const onScroll = () => {
    const isAtTop = (scroller.current?.scrollTop ?? 0) < AT_TOP_PX;
    if (isAtTop) setTopId(null);
    else if (topId === null) setTopId(entries[0]?.entry_id ?? null);
  };

  return (
    <div className="relative mt-3">
      {waiting > 0 && (
        <button
          type="button"
          onClick={() => scroller.current?.scrollTo({ top: 0 })}
          className="absolute top-2 left-1/2 z-10 h-7 -translate-x-1/2 rounded-md border border-edge bg-surface px-3 text-12 font-medium shadow-float"
        >
          {waiting === 1 ? "1 new line" : `${waiting} new lines`}
        </button>
      )}
      <LogFrame
        scroller={scroller}
        onScroll={onScroll}
        className="h-[calc(100dvh-16.5rem)] min-h-80"
        virtual={virtual}
        line={(index) => {
          const row = rows[index];
          if (row === undefined) return null;
          const id = row.entry.entry_id;
          return (
            <LogRowView
              row={row}
              isOpen={opened.has(id)}
              onToggle={() => setOpened(toggled(opened, id))}
              onUnfold={() => setUnfolded(toggled(unfolded, id))}
              nowMs={nowMs}
            />
          );
        }}
        after={
          rows.length > 0 && (
            <p className="p-3 text-12 text-faint">
              {hasOlder ? (isReading ? "Reading older lines" : "Older lines follow") : "Nothing older is kept."}
            </p>
          )
        }
      />
    </div>
  );
}

function toggled(ids: ReadonlySet<number>, id: number): ReadonlySet<number> {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
}
