import type { ReactNode } from "react";
import { Link } from "wouter";
import { Breakable } from "../../ui/breakable.tsx";
import { formatCallTime } from "../../ui/call-time.ts";
import type { ViewRange } from "../../ui/range/view-range.ts";
import { ChangeCell } from "./change-cell.tsx";
import type { FunctionRow } from "./function-rows.ts";
import { type FunctionsSort, functionAddress, type SortField } from "./performance-view.ts";

export interface FunctionTableProps {
  readonly rows: readonly FunctionRow[];
  readonly range: ViewRange;
  readonly sort: FunctionsSort;
  readonly onSort: (by: SortField) => void;
}

const COUNT = new Intl.NumberFormat("en-GB");
const NUMBER = "text-right font-mono text-12 whitespace-nowrap";
const KIND_WORDS = { function: "function", step: "step", api: "endpoint", db: "database" } as const;

/** What was called, how often, and how long it took; by each column it can be sorted. */
export function FunctionTable({ rows, range, sort, onSort }: FunctionTableProps) {
  const column = (by: SortField, word: string, className = "") => (
    <Column {...{ by, sort, onSort, className }}>{word}</Column>
  );
  return (
    <table className="mt-3 w-full table-fixed border-collapse text-left text-13" aria-label="Functions">
      <thead className="text-12 text-faint">
        <tr className="h-8">
          {column("name", "Name")}
          {column("count", "Calls", "w-24 text-right max-desk:hidden")}
          {column("errors", "Errors", "w-24 text-right max-desk:hidden")}
          {column("p50", "p50", "w-22 text-right max-desk:hidden")}
          {column("p95", "p95", "w-22 text-right max-desk:w-20")}
          {column("p99", "p99", "w-22 text-right max-wide:hidden")}
          {column("total", "Total", "w-42 text-right max-wide:w-24 max-desk:hidden")}
          {column("change", "Change", "w-44 text-right max-wide:w-24 max-desk:w-18")}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={`${row.category} ${row.name}`} row={row} range={range} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row, range }: { readonly row: FunctionRow; readonly range: ViewRange }) {
  const { category, name, after, share } = row;
  return (
    <tr className="relative h-9 border-t border-line hover:bg-surface">
      <th scope="row" className="font-normal">
        <span className="flex min-w-0 items-baseline gap-2 max-desk:py-1.5">
          {/* The whole row leads there. */}
          <Link
            href={functionAddress(category, name, range)}
            className="font-medium after:absolute after:inset-0 desk:truncate max-desk:wrap-anywhere"
          >
            <Breakable text={name} />
          </Link>
          <span className="shrink-0 text-12 text-faint max-desk:hidden">{KIND_WORDS[category]}</span>
        </span>
      </th>
      <td className={`${NUMBER} max-desk:hidden`}>{COUNT.format(after.count)}</td>
      <td className={`${NUMBER} max-desk:hidden ${after.error_count === 0 ? "text-faint" : "text-failed"}`}>
        {after.error_count === 0 ? "–" : COUNT.format(after.error_count)}
      </td>
      <td className={`${NUMBER} max-desk:hidden`}>{formatCallTime(after.p50_ms)}</td>
      <td className={NUMBER}>{formatCallTime(after.p95_ms)}</td>
      <td className={`${NUMBER} max-wide:hidden`}>{formatCallTime(after.p99_ms)}</td>
      <td className={`${NUMBER} max-desk:hidden`}>
        <span className="flex items-center justify-end gap-2">
          <span aria-hidden="true" className="h-1 w-16 overflow-hidden rounded-sm bg-raised max-wide:hidden">
            <span className="block h-full bg-past" style={{ width: `${share * 100}%` }} />
          </span>
          <span className="w-20">{formatCallTime(after.total_ms)}</span>
          <span className="sr-only">, {Math.round(share * 100)} % of all</span>
        </span>
      </td>
      <td className="text-right">
        <ChangeCell comparison={row} />
      </td>
    </tr>
  );
}

interface ColumnProps {
  readonly by: SortField;
  readonly sort: FunctionsSort;
  readonly onSort: (by: SortField) => void;
  readonly className: string;
  readonly children: ReactNode;
}

function Column({ by, sort, onSort, className, children }: ColumnProps) {
  const isSorted = sort.by === by;
  const ariaSort = !isSorted ? undefined : sort.order === "asc" ? "ascending" : "descending";
  return (
    <th scope="col" aria-sort={ariaSort} className={`font-normal ${className}`}>
      <button type="button" onClick={() => onSort(by)} className="h-6 rounded-sm hover:text-ink">
        {children}
        {isSorted && <span aria-hidden="true"> {sort.order === "asc" ? "↑" : "↓"}</span>}
      </button>
    </th>
  );
}
