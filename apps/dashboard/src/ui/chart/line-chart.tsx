import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { shownZone } from "../time-zone.ts";
import { useWidth } from "../use-width.ts";
import { type ChartGroup, type ChartRange, createChartGroup } from "./chart-group.ts";
import { ChartLegend } from "./chart-legend.tsx";
import type { ChartMark, ChartSeries } from "./chart-series.ts";
import { ChartTable } from "./chart-table.tsx";
import { createPlot, type Plot } from "./create-plot.ts";
import { formatValue } from "./format-value.ts";
import { nearestTime } from "./nearest-time.ts";
import { usePalette } from "./palette.ts";
import { formatChartMoment } from "./time-ticks.ts";

export type { ChartMark, ChartSeries } from "./chart-series.ts";

export interface LineChartProps {
  readonly title: string;
  /** Ascending. */
  readonly timesMs: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly marks?: readonly ChartMark[];
  /** @defaultValue 180 */
  readonly heightPx?: number;
  /** What stays free on the right of the lines, where they are to end under something else; with it there is one axis. */
  readonly rightPx?: number;
  /** Charts of one group share cursor and zoom. */
  readonly group?: ChartGroup;
  /** What the time axis spans. @defaultValue from the first time to the last */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** IANA name. @defaultValue the one that times are shown in */
  readonly timeZone?: string;
}

const NO_MARKS: readonly ChartMark[] = [];
const FAR_KEYS_POINTS = 10;

/**
 * Lines over time. Pointing tells the values of a moment, dragging zooms, a double click goes back; with the keyboard the
 * arrows go from point to point.
 */
export function LineChart(props: LineChartProps) {
  const {
    title,
    timesMs,
    series,
    marks = NO_MARKS,
    heightPx = 180,
    rightPx,
    group,
    timeZone = shownZone().timeZone,
  } = props;
  const own = useMemo(() => createChartGroup(), []);
  const shared = group ?? own;
  const cursorMs = useSyncExternalStore(shared.subscribe, () => shared.cursorMs);
  const zoom = useSyncExternalStore(shared.subscribe, () => shared.rangeMs);
  const palette = usePalette();
  const host = useRef<HTMLDivElement>(null);
  const widthPx = useWidth(host);
  const [plot, setPlot] = useState<Plot | null>(null);
  const isThere = widthPx > 0;

  const shape = series.map(({ id, unit, tone, band }) => `${id} ${unit} ${tone} ${band !== undefined}`).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: values and width of one shape are changed in place
  useLayoutEffect(() => {
    if (!isThere || host.current === null) return;
    const { setCursor: onPoint, setRange: onZoom } = shared;
    const made = createPlot(host.current, { series, palette, widthPx, heightPx, rightPx, timeZone, onPoint, onZoom });
    setPlot(made);
    return made.close;
  }, [isThere, shape, palette, heightPx, rightPx, timeZone, shared]);

  const { fromMs = timesMs[0], toMs = timesMs.at(-1) } = props;
  const range = useMemo(() => zoom ?? wholeRange(fromMs, toMs), [zoom, fromMs, toMs]);
  useLayoutEffect(() => {
    if (range !== null) plot?.show({ timesMs, series, marks, range });
  }, [plot, timesMs, series, marks, range]);
  useLayoutEffect(() => {
    if (widthPx > 0) plot?.resize(widthPx);
  }, [plot, widthPx]);
  useEffect(() => plot?.moveCursor(cursorMs), [plot, cursorMs]);

  const stepMs = timesMs.length < 2 ? 0 : ((timesMs.at(-1) ?? 0) - (timesMs[0] ?? 0)) / (timesMs.length - 1);
  const index = cursorMs === null ? timesMs.length - 1 : nearestTime(timesMs, cursorMs);
  const atMs = timesMs[index];
  const moment = atMs === undefined ? null : formatChartMoment(atMs, stepMs, timeZone);
  const said = series.map(({ label, unit, values }) => `${label} ${formatValue(unit, values[index])}`).join(", ");

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = keyTarget(event, index, timesMs.length - 1);
    if (to === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (to === "leave") shared.setCursor(null);
    else shared.setCursor(timesMs[to] ?? null);
  };

  return (
    <figure className="chart relative m-0 min-w-0">
      <figcaption className="mb-1 flex min-h-6 flex-wrap items-center justify-between gap-x-6 gap-y-1">
        <span className="text-13 font-medium text-soft">{title}</span>
        <ChartLegend series={series} index={index} moment={cursorMs === null ? null : moment} />
      </figcaption>
      <div
        ref={host}
        role="slider"
        tabIndex={0}
        aria-label={title}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, timesMs.length - 1)}
        aria-valuenow={Math.max(0, index)}
        aria-valuetext={moment === null ? "nothing yet" : `${moment}: ${said}`}
        onKeyDown={onKeyDown}
        onBlur={() => shared.setCursor(null)}
        // As wide as there is room: what was drawn for a wider page holds it open no more.
        className="overflow-hidden rounded-sm contain-inline-size"
        style={{ height: heightPx }}
      />
      {zoom !== null && (
        <button
          type="button"
          onClick={() => shared.setRange(null)}
          className="absolute right-3 bottom-8 h-6 rounded-sm border border-line bg-surface px-2 text-12 text-soft hover:text-ink"
        >
          Whole range
        </button>
      )}
      <ChartTable {...{ title, timesMs, series, marks, stepMs, timeZone }} />
    </figure>
  );
}

function wholeRange(fromMs: number | undefined, toMs: number | undefined): ChartRange | null {
  if (fromMs === undefined || toMs === undefined) return null;
  // A single point is not a stretch of time.
  return toMs > fromMs ? { fromMs, toMs } : { fromMs: fromMs - 30_000, toMs: fromMs + 30_000 };
}

/** Where a key leads from a point. */
function keyTarget({ key, shiftKey }: KeyboardEvent, index: number, last: number): number | "leave" | null {
  const step = shiftKey ? FAR_KEYS_POINTS : 1;
  if (key === "ArrowLeft") return Math.max(0, index - step);
  if (key === "ArrowRight") return Math.min(last, index + step);
  if (key === "Home") return 0;
  if (key === "End") return last;
  return key === "Escape" ? "leave" : null;
}
