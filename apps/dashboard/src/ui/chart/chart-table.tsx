import { memo } from "react";
import type { ChartMark, ChartSeries } from "./chart-series.ts";
import { formatValue } from "./format-value.ts";
import { formatChartMoment } from "./time-ticks.ts";

export interface ChartTableProps {
  readonly title: string;
  readonly timesMs: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly marks: readonly ChartMark[];
  readonly stepMs: number;
  readonly timeZone: string | undefined;
}

/** More rows nobody listens to; the keys tell every value. */
const MOST_ROWS = 50;

/** What a chart shows, for those who do not see it. */
export const ChartTable = memo(function ChartTable(props: ChartTableProps) {
  const { title, timesMs, series, marks, stepMs, timeZone } = props;
  const every = Math.max(1, Math.ceil(timesMs.length / MOST_ROWS));
  const rows = timesMs.map((atMs, index) => ({ atMs, index })).filter(({ index }) => index % every === 0);
  return (
    <div className="sr-only">
      <table>
        <caption>
          {title}
          {every > 1 && `, every ${every}th of ${timesMs.length} points`}
        </caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {series.map(({ id, label }) => (
              <th key={id} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ atMs, index }) => (
            <tr key={atMs}>
              <th scope="row">{formatChartMoment(atMs, stepMs, timeZone)}</th>
              {series.map(({ id, unit, values }) => (
                <td key={id}>{formatValue(unit, values[index])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {marks.length > 0 && (
        <ul aria-label={`${title}: what happened`}>
          {marks.map(({ atMs, label }) => (
            <li key={`${atMs} ${label}`}>
              {formatChartMoment(atMs, 0, timeZone)}: {label}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
});
