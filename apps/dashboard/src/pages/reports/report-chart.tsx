import { type ReportChart as ChartData, chartNote } from "@playhead/core";
import { chartShape } from "./chart-shape.ts";
import { axisText, spanText, valueText } from "./report-words.ts";

/** Depths of one family, told apart on both themes; a series of what failed is red. */
const TONES = ["text-render", "text-analyse", "text-deliver", "text-prepare", "text-edge"] as const;
const [WIDTH, HEIGHT] = [600, 160];

const toneOf = (id: string, at: number) => (/fail|error/.test(id) ? "text-failed" : (TONES[at] ?? "text-edge"));

/** A chart of a report, as its PDF draws it; what it shows stands in a table for those who do not see it. */
export function ReportChart({ chart, timeZone }: { readonly chart: ChartData; readonly timeZone: string }) {
  const { title, spans, series, unit } = chart;
  const { top, series: shapes } = chartShape(chart);
  const axis = axisText(spans, timeZone);
  const note = chartNote(chart, (span) => spanText(span, timeZone));
  if (note !== null || axis === null) return <p className="py-3 text-13 text-soft">{note}</p>;
  return (
    <figure className="relative m-0 pt-3">
      <div className="flex justify-between font-mono text-12 text-faint">
        <span className="mr-4 whitespace-nowrap">{valueText(top, unit, timeZone)}</span>
        <Legend chart={chart} />
      </div>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        className="mt-1 h-40 w-full"
      >
        {[0, HEIGHT / 2, HEIGHT].map((y) => (
          <path key={y} d={`M0 ${y}H${WIDTH}`} stroke="var(--color-line)" vectorEffect="non-scaling-stroke" />
        ))}
        {shapes.map(({ id, bars, runs }, at) => (
          <g key={id} className={toneOf(id, at)} fill="currentColor">
            {bars.map(({ x, width, y, height }) => (
              <rect
                key={x}
                x={x * WIDTH}
                width={width * WIDTH}
                y={(1 - y - height) * HEIGHT}
                height={height * HEIGHT}
              />
            ))}
            {runs.map((run) => (
              <path
                key={run[0]?.[0]}
                // A point that stands alone is a dot.
                d={`M${run.map(([x, y]) => `${x * WIDTH} ${(1 - y) * HEIGHT}`).join("L")}h0`}
                fill="none"
                stroke="currentColor"
                strokeWidth={run.length === 1 ? 6 : 2}
                strokeLinejoin="round"
                strokeLinecap="round"
                vectorEffect="non-scaling-stroke"
              />
            ))}
          </g>
        ))}
      </svg>
      <div className="mt-1 flex justify-between font-mono text-12 text-faint">
        <span>{axis[0]}</span>
        <span>{axis[1]}</span>
      </div>
      <div className="sr-only">
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              <th scope="col">From</th>
              {series.map(({ id, label }) => (
                <th key={id} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {spans.map(({ from }, at) => (
              <tr key={from}>
                <th scope="row">{valueText(from, "time", timeZone)}</th>
                {series.map(({ id, values }) => (
                  <td key={id}>{valueText(values[at] ?? null, unit, timeZone)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

function Legend({ chart: { series } }: { readonly chart: ChartData }) {
  return (
    <span className="flex flex-wrap justify-end gap-x-4">
      {series.map(({ id, label }, at) => (
        <span key={id} className="inline-flex items-center gap-1.5">
          <span aria-hidden="true" className={`size-2 rounded-sm bg-current ${toneOf(id, at)}`} />
          {label}
        </span>
      ))}
    </span>
  );
}
