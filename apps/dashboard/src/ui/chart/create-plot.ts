import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import "./chart.css";
import type { ChartRange } from "./chart-group.ts";
import type { ChartMark, ChartSeries, ChartUnit } from "./chart-series.ts";
import { drawMarks } from "./draw-marks.ts";
import { formatTick } from "./format-value.ts";
import type { Palette } from "./palette.ts";
import { TIME_STEPS_MS, timeTickWords } from "./time-ticks.ts";
import { tickSteps, valueRange } from "./y-scale.ts";

export interface PlotOptions {
  /** Their values may change later; how many there are, their units and tones may not. */
  readonly series: readonly ChartSeries[];
  readonly palette: Palette;
  readonly widthPx: number;
  readonly heightPx: number;
  /** What stays free on the right of the lines; with it there is no second axis. */
  readonly rightPx: number | undefined;
  /** IANA name. @defaultValue the browser's */
  readonly timeZone: string | undefined;
  readonly onPoint: (atMs: number | null) => void;
  /** Null: back to all there is. */
  readonly onZoom: (range: ChartRange | null) => void;
}

/** What a plot shows. */
export interface PlotFrame {
  readonly timesMs: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly marks: readonly ChartMark[];
  readonly range: ChartRange;
}

/** Lines on a canvas. */
export interface Plot {
  show(frame: PlotFrame): void;
  moveCursor(atMs: number | null): void;
  resize(widthPx: number): void;
  close(): void;
}

const FONT = '11px "JetBrains Mono Variable", ui-monospace, monospace';
/** The same in all charts, so that their times stand under each other. */
const AXIS_PX = 64;
const TIME_AXIS_PX = 26;
const TICK_GAP_PX = 6;
/** Of a time of day, under its tick. */
const HALF_LABEL_PX = 20;
const CHARACTER_PX = 6.6;
/** Ticks of values are no nearer to each other; a low plot has two of them all the same. */
const VALUE_SPACE_PX = 32;
const LOW_PLOT_PX = 100;
const LOW_VALUE_SPACE_PX = 18;
/** Lines of one tone differ in their dashes. */
export const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3]];

/** Draws series with uPlot, which is chosen for its size (20 kB) and for 100,000 points in a frame. */
export function createPlot(host: HTMLElement, options: PlotOptions): Plot {
  const { series, palette, widthPx, heightPx, rightPx, timeZone, onPoint, onZoom } = options;
  const units = [...new Set(series.map(({ unit }) => unit))];
  const axisUnits = units.slice(0, rightPx === undefined ? 2 : 1);
  // On the right there is half a label of the time, or another axis.
  const paddingPx = rightPx ?? (axisUnits.length > 1 ? 0 : HALF_LABEL_PX);
  const afterPx = axisUnits.length > 1 ? AXIS_PX : paddingPx;
  const valueSpacePx = heightPx < LOW_PLOT_PX ? LOW_VALUE_SPACE_PX : VALUE_SPACE_PX;
  let marks: readonly ChartMark[] = [];
  let cursorMs: number | null = null;

  const plot = new uPlot(
    {
      width: widthPx,
      height: heightPx,
      ms: 1,
      ...(timeZone !== undefined && { tzDate: (atMs: number) => uPlot.tzDate(new Date(atMs), timeZone) }),
      legend: { show: false },
      padding: [8, paddingPx, 0, 0],
      scales: {
        x: { time: true, auto: false },
        ...Object.fromEntries(
          units.map((unit) => [unit, { range: (_: uPlot, __: number, most: number | null) => valueRange(unit, most) }]),
        ),
      },
      axes: [
        {
          ...axisLook(palette),
          size: TIME_AXIS_PX,
          space: 72,
          incrs: [...TIME_STEPS_MS],
          values: (drawn, ticks, __, ___, step) => {
            const endPx = drawn.over.clientWidth + afterPx;
            const rightOf = (word: string, at: number) =>
              drawn.valToPos(ticks[at] ?? 0, "x") + (word.length * CHARACTER_PX) / 2;
            // One that would be cut off is none.
            return timeTickWords(ticks, step, timeZone).map((word, at) => (rightOf(word, at) > endPx ? null : word));
          },
        },
        ...axisUnits.map((unit, place) => ({ ...valueAxis(unit, place === 1, palette), space: valueSpacePx })),
      ],
      series: [{}, ...series.flatMap((each, at) => linesOf(each, dashOf(series, at), palette))],
      bands: bandsOf(series, palette),
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false, dist: 4 },
        points: { size: 7, width: 0 },
        // Two clicks at once: all there is.
        bind: {
          dblclick: () => () => {
            onZoom(null);
            return null;
          },
        },
      },
      hooks: {
        draw: [(drawn) => drawMarks(drawn, marks, palette, scaledFont())],
        setSelect: [
          ({ select }) => {
            const toMs = (left: number) => plot.posToVal(left, "x");
            if (select.width > 0) onZoom({ fromMs: toMs(select.left), toMs: toMs(select.left + select.width) });
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
      },
    },
    undefined,
    host,
  );

  const point = ({ clientX }: PointerEvent) =>
    onPoint(plot.posToVal(clientX - plot.over.getBoundingClientRect().left, "x"));
  plot.over.addEventListener("pointermove", point);
  plot.over.addEventListener("pointerdown", point);
  plot.over.addEventListener("pointerleave", () => onPoint(null));
  let closed = false;
  // A canvas does not wait for a font that it is to write with.
  void document.fonts.load(FONT).then(() => closed || plot.redraw(false, true));

  function placeCursor(): void {
    const { min, max } = plot.scales.x ?? {};
    const isSeen = cursorMs !== null && cursorMs >= (min ?? Infinity) && cursorMs <= (max ?? -Infinity);
    const left = isSeen && cursorMs !== null ? plot.valToPos(cursorMs, "x") : -10;
    plot.setCursor({ left, top: isSeen ? 0 : -10 }, false);
  }

  return {
    show(frame) {
      marks = frame.marks;
      const columns = frame.series.flatMap(({ values, band }) => (band ? [values, band.low, band.high] : [values]));
      plot.batch(() => {
        plot.setData([frame.timesMs, ...columns] as uPlot.AlignedData, false);
        plot.setScale("x", { min: frame.range.fromMs, max: frame.range.toMs });
      });
      placeCursor();
    },
    moveCursor(atMs) {
      cursorMs = atMs;
      placeCursor();
    },
    resize(width) {
      plot.setSize({ width, height: heightPx });
      placeCursor();
    },
    close() {
      closed = true;
      plot.destroy();
    },
  };
}

/** The dash of a line: the first of its tone has none. */
export function dashOf(series: readonly ChartSeries[], at: number): readonly number[] {
  const before = series.slice(0, at).filter(({ tone }) => tone === series[at]?.tone).length;
  return DASHES[before % DASHES.length] ?? [];
}

function axisLook({ grid, words }: Palette): uPlot.Axis {
  return {
    font: FONT,
    stroke: words,
    gap: TICK_GAP_PX,
    grid: { stroke: grid, width: 1 },
    ticks: { show: false },
    border: { show: false },
  };
}

function valueAxis(unit: ChartUnit, isRight: boolean, palette: Palette): uPlot.Axis {
  const look = axisLook(palette);
  return {
    ...look,
    scale: unit,
    side: isRight ? 1 : 3,
    size: AXIS_PX,
    incrs: [...tickSteps(unit)],
    values: (_, ticks) => ticks.map((tick) => formatTick(unit, tick)),
    ...(isRight && { grid: { show: false } }),
  };
}

/** The line of a series, and the two ends of its band. */
function linesOf({ unit, tone, band }: ChartSeries, dash: readonly number[], palette: Palette): uPlot.Series[] {
  const color = palette.lines[tone];
  const line: uPlot.Series = {
    scale: unit,
    stroke: color,
    width: 1.5,
    dash: [...dash],
    points: { size: 4, width: 0, fill: color, show: true, filter: lonelyPoints },
  };
  const end: uPlot.Series = { scale: unit, stroke: "transparent", width: 0, points: { show: false } };
  return band === undefined ? [line] : [line, end, end];
}

/** A point between two gaps is no line: without a dot it would not be seen. */
function lonelyPoints(plot: uPlot, at: number, isShown: boolean): number[] | null {
  const values = plot.data[at];
  if (!isShown || values === undefined) return null;
  const lonely: number[] = [];
  for (let each = 0; each < values.length; each += 1) {
    if (values[each] != null && values[each - 1] == null && values[each + 1] == null) lonely.push(each);
  }
  return lonely;
}

function bandsOf(series: readonly ChartSeries[], palette: Palette): uPlot.Band[] {
  const bands: uPlot.Band[] = [];
  let column = 1;
  for (const { band, tone } of series) {
    if (band !== undefined) bands.push({ series: [column + 2, column + 1], fill: palette.bands[tone] });
    column += band === undefined ? 1 : 3;
  }
  return bands;
}

const scaledFont = () => FONT.replace("11px", `${11 * devicePixelRatio}px`);
