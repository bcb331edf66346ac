import type { ReportUnit, ReportTable as TableData } from "@playhead/core";
import { valueText } from "./report-words.ts";

const isText = (unit: ReportUnit) => unit === "text" || unit === "time";

/** A table of a report; a wide one scrolls by itself. */
export function ReportTable({ table, timeZone }: { readonly table: TableData; readonly timeZone: string }) {
  const { title, empty, columns, rows, omitted } = table;
  if (rows.length === 0) return <p className="py-4 text-13 text-soft">{empty}</p>;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <section aria-label={`${title}, table`} tabIndex={0} className="overflow-x-auto">
        <table className="w-full border-collapse text-left text-13">
          <thead className="text-12 text-faint">
            <tr>
              {columns.map(({ id, label, unit }) => (
                <th
                  key={id}
                  scope="col"
                  className={`h-8 pr-6 font-normal whitespace-nowrap last:pr-0 ${isText(unit) ? "" : "text-right"}`}
                >
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of a report never change
              <tr key={at} className="border-t border-line">
                {columns.map(({ id, unit }, column) => (
                  <td
                    key={id}
                    className={`h-8 py-1 pr-6 last:pr-0 ${isText(unit) ? "min-w-32 max-w-[32rem] wrap-anywhere" : "text-right font-mono text-12 whitespace-nowrap"}`}
                  >
                    {valueText(row[column] ?? null, unit, timeZone)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {omitted > 0 && <p className="pt-2 text-12 text-faint">and {omitted} more</p>}
    </>
  );
}
