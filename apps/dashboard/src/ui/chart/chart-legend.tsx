import type { ChartSeries, ChartTone } from "./chart-series.ts";
import { dashOf } from "./create-plot.ts";
import { formatValue } from "./format-value.ts";

const TONE_CLASSES: Readonly<Record<ChartTone, string>> = {
  main: "text-processing",
  soft: "text-faint",
  warn: "text-paused",
  bad: "text-failed",
};

export interface ChartLegendProps {
  readonly series: readonly ChartSeries[];
  /** Whose values are told; -1: none. */
  readonly index: number;
  /** When that is. */
  readonly moment: string | null;
}

/** Which line is what, and what it is at the moment that is pointed at, or at the end. */
export function ChartLegend({ series, index, moment }: ChartLegendProps) {
  return (
    <div aria-hidden="true" className="flex flex-wrap items-center gap-x-4 gap-y-0.5 text-12 text-soft">
      {series.map(({ id, label, unit, tone, values }, at) => (
        <span key={id} className="flex items-center gap-1.5">
          <svg viewBox="0 0 16 4" aria-hidden="true" className={`h-1 w-4 ${TONE_CLASSES[tone]}`}>
            <path d="M0 2h16" stroke="currentColor" strokeWidth="2" strokeDasharray={dashOf(series, at).join(" ")} />
          </svg>
          {label}
          <span className="font-mono text-ink">{formatValue(unit, values[index])}</span>
        </span>
      ))}
      {moment !== null && <span className="font-mono text-faint">{moment}</span>}
    </div>
  );
}
