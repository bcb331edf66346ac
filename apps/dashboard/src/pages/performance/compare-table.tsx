import type { CallFigures } from "@playhead/core";
import { Breakable } from "../../ui/breakable.tsx";
import { formatCallTime } from "../../ui/call-time.ts";
import { addedMs, changeWord, mayHaveChanged, sureWord, verdictOf } from "./change-words.ts";
import type { Comparison } from "./performance-api.ts";

export interface CompareTableProps {
  readonly functions: readonly Comparison[];
  readonly beforeName: string;
  readonly afterName: string;
}

const COUNT = new Intl.NumberFormat("en-GB");
const VERDICTS = {
  slower: { word: "slower", className: "text-failed" },
  faster: { word: "faster", className: "text-completed" },
  same: { word: "as fast", className: "text-soft" },
} as const;

/** What was called in either, what got slower first: by how much it weighs, how much that is, and how sure. */
export function CompareTable({ functions, beforeName, afterName }: CompareTableProps) {
  const rows = functions.toSorted((a, b) => weight(b) - weight(a) || (a.name < b.name ? -1 : 1));
  return (
    <table className="mt-3 w-full table-fixed border-collapse text-left text-13" aria-label="What changed">
      <thead className="text-12 text-faint">
        <tr className="h-8">
          <th scope="col" className="font-normal">
            Name
          </th>
          <th scope="col" className="w-40 truncate text-right font-normal max-desk:hidden">
            {beforeName}
          </th>
          <th scope="col" className="w-40 truncate pl-4 text-right font-normal max-desk:hidden">
            {afterName}
          </th>
          <th scope="col" className="w-24 text-right font-normal max-wide:hidden">
            p95
          </th>
          <th scope="col" className="w-28 text-right font-normal max-desk:w-18">
            Average
          </th>
          <th scope="col" className="w-28 pl-4 font-normal max-desk:w-20 max-desk:pl-2">
            Verdict
          </th>
          <th scope="col" className="w-32 font-normal max-desk:hidden">
            How sure
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={`${row.category} ${row.name}`} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row }: { readonly row: Comparison }) {
  const { name, before, after, average_change, p95_change, p_value } = row;
  const isBoth = before !== null && after !== null;
  const { className } = VERDICTS[verdictOf(row)];
  return (
    <tr className="h-9 border-t border-line">
      <th scope="row" className="font-medium desk:truncate max-desk:py-1.5 max-desk:wrap-anywhere">
        <Breakable text={name} />
      </th>
      <Side figures={before} />
      <Side figures={after} />
      <td className="text-right font-mono text-12 max-wide:hidden">{isBoth ? changeWord(p95_change) : "–"}</td>
      <td className={`text-right font-mono text-12 ${className}`}>{isBoth ? changeWord(average_change) : "–"}</td>
      <td className={`pl-4 max-desk:pl-2 ${className}`}>
        {isBoth ? verdictWord(row) : before === null ? "new" : "gone"}
      </td>
      <td className="text-12 text-faint max-desk:hidden">{isBoth ? sureWord(p_value) : ""}</td>
    </tr>
  );
}

/** What of it may be chance is not said to be nothing. */
function verdictWord(row: Comparison): string {
  if (!mayHaveChanged(row)) return VERDICTS[verdictOf(row)].word;
  return (row.average_change ?? 0) > 0 ? "slower?" : "faster?";
}

function Side({ figures }: { readonly figures: CallFigures | null }) {
  return (
    <td className="pl-4 text-right font-mono text-12 whitespace-nowrap max-desk:hidden">
      {figures === null ? (
        <span className="text-faint">–</span>
      ) : (
        <>
          {formatCallTime(figures.average_ms)} <span className="text-faint">× {COUNT.format(figures.count)}</span>
        </>
      )}
    </td>
  );
}

/** What is sure comes before what may be chance, and what is in both before what is in one. */
function weight(row: Comparison): number {
  if (row.before === null || row.after === null) return -Number.MAX_VALUE;
  const verdict = verdictOf(row);
  if (verdict === "same") return 0;
  return addedMs(row);
}
