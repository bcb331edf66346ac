import type { HealthHistory, HealthStatus } from "@playhead/core";
import { spanWords, stripSpans, stripWords } from "./strip-spans.ts";

export interface HistoryStripProps {
  readonly history: HealthHistory;
  readonly component: string;
}

const WIDTH = 1_000;
const HEIGHT = 20;
/** The worse, the higher: told apart without colours as well. */
const BARS: Readonly<Record<HealthStatus, { readonly height: number; readonly className: string }>> = {
  healthy: { height: 4, className: "fill-completed opacity-55" },
  warning: { height: 12, className: "fill-paused" },
  critical: { height: HEIGHT, className: "fill-failed" },
};
/** What was short is seen, too. */
const MIN_WIDTH = 4;

/** How a component was over the last day, as a track; the playhead at its right end is now. */
export function HistoryStrip({ history, component }: HistoryStripProps) {
  const [fromMs, toMs] = [Date.parse(history.from), Date.parse(history.to)];
  const spans = stripSpans(history, component);
  const x = (ms: number) => ((Math.max(ms, fromMs) - fromMs) / (toMs - fromMs)) * WIDTH;
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Last 24 h: ${stripWords(spans)}`}
      className="h-5 w-full"
    >
      <rect x="0" y={HEIGHT - 1} width={WIDTH} height="1" className="fill-line" />
      {spans.map((span) => {
        const { height, className } = BARS[span.status];
        const width = Math.max(MIN_WIDTH, x(span.toMs) - x(span.fromMs));
        return (
          <rect
            key={span.fromMs}
            x={Math.min(x(span.fromMs), WIDTH - width)}
            y={HEIGHT - height}
            width={width}
            height={height}
            className={className}
          >
            <title>{spanWords(span)}</title>
          </rect>
        );
      })}
    </svg>
  );
}
