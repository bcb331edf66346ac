import { useLayoutEffect, useRef } from "react";
import type { JobsSort } from "./jobs-query.ts";

export interface JobsGridHeadProps {
  readonly sort: JobsSort;
  readonly onSort: (by: JobsSort["by"]) => void;
  /** How many of the loaded jobs are chosen. */
  readonly chosen: "none" | "some" | "all";
  readonly loadedCount: number;
  readonly onToggleAll: () => void;
}

/** The names of the columns; by some of them the list can be sorted. */
export function JobsGridHead({ sort, onSort, chosen, loadedCount, onToggleAll }: JobsGridHeadProps) {
  const box = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (box.current !== null) box.current.indeterminate = chosen === "some";
  }, [chosen]);
  // By the bar of what can be done with them.
  const isCovered = chosen !== "none";
  const byEnd = sort.by === "ended_at";
  return (
    <tr aria-rowindex={1} className="h-9 text-12 text-faint">
      <th scope="col" className="w-9 p-0">
        <label className="flex h-full w-9 items-center pl-1.5">
          <input
            ref={box}
            type="checkbox"
            checked={chosen === "all"}
            onChange={onToggleAll}
            aria-label={`Select all ${loadedCount} loaded jobs`}
            className="box"
          />
        </label>
      </th>
      <Column className="w-42 max-desk:w-6">
        <span className="max-desk:sr-only">State</span>
      </Column>
      <Column sort={sort} by="title" onSort={onSort} isCovered={isCovered}>
        Job
      </Column>
      <Column className="w-28 max-wide:hidden">Kind</Column>
      <Column className="w-28 max-wide:hidden">User</Column>
      <Column className="w-52 max-desk:hidden">Items</Column>
      <Column className="w-26 text-right max-desk:hidden">Time</Column>
      <Column
        sort={sort}
        by={byEnd ? "ended_at" : "created_at"}
        onSort={onSort}
        isCovered={isCovered}
        className="w-30 text-right max-desk:w-24"
      >
        {byEnd ? "Ended" : "Created"}
      </Column>
    </tr>
  );
}

interface ColumnProps {
  readonly children: React.ReactNode;
  readonly className?: string;
  readonly sort?: JobsSort;
  readonly by?: JobsSort["by"];
  readonly isCovered?: boolean;
  readonly onSort?: (by: JobsSort["by"]) => void;
}

function Column({ children, className = "", sort, by, isCovered = false, onSort }: ColumnProps) {
  const isSorted = sort !== undefined && sort.by === by;
  const ariaSort = !isSorted ? undefined : sort.order === "asc" ? "ascending" : "descending";
  return (
    <th scope="col" aria-sort={ariaSort} className={`font-normal ${className}`}>
      {by === undefined ? (
        children
      ) : (
        <button
          type="button"
          tabIndex={isCovered ? -1 : 0}
          onClick={() => onSort?.(by)}
          className="h-6 rounded-sm hover:text-ink"
        >
          {children}
          {isSorted && <span aria-hidden="true"> {sort.order === "asc" ? "↑" : "↓"}</span>}
        </button>
      )}
    </th>
  );
}
