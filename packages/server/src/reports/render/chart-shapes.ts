import type { ReportChart } from "@playhead/core";
import { ticksUpTo } from "./chart-scale.ts";
import { spanText, valueText } from "./value-text.ts";

/** How something is drawn; series differ in colour and in their dashes. */
export interface Tone {
  readonly colour: string;
  /** Lengths of strokes and gaps; none for a whole line. */
  readonly dash: readonly number[];
}

/** What a chart is drawn of, in a box whose origin is its upper left corner. */
export type ChartShape =
  | {
      readonly kind: "line";
      readonly points: readonly (readonly [number, number])[];
      readonly tone: Tone;
      readonly width: number;
    }
  | {
      readonly kind: "bar";
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly tone: Tone;
    }
  | { readonly kind: "dot"; readonly x: number; readonly y: number; readonly tone: Tone }
  | {
      readonly kind: "text";
      readonly x: number;
      readonly y: number;
      readonly text: string;
      readonly anchor: "start" | "middle" | "end";
    };

export interface ChartBox {
  readonly width: number;
  readonly height: number;
  /** Room for the words on the left. */
  readonly left: number;
}

/** The ink of a report on paper. */
export const INK = { text: "#16191f", soft: "#5b6472", line: "#d9dde3", faint: "#f3f5f7" } as const;
const BLUE = "#2f5fd0";
const RED = "#b3261e";
const GREY = "#8b94a1";
const LINES: readonly Tone[] = [
  { colour: BLUE, dash: [] },
  { colour: "#0b7a5c", dash: [6, 2] },
  { colour: "#8442b8", dash: [2, 2] },
  { colour: "#8f5600", dash: [8, 2, 2, 2] },
  { colour: INK.soft, dash: [1, 2] },
];
const AXIS: Tone = { colour: INK.line, dash: [] };
/** Room for the words below. */
const BELOW = 18;
const ABOVE = 6;
const LABEL_WIDTH = 52;
/** Of a span's width. */
const BAR_SHARE = 0.7;
const LEAST_BAR = 0.3;

/** How the series of a chart are drawn. */
export function toneOf({ drawn }: Pick<ReportChart, "drawn">, id: string, at: number): Tone {
  if (drawn === "lines") return LINES[at % LINES.length] as Tone;
  const colour = /failed$/.test(id) ? RED : /canceled$/.test(id) ? GREY : BLUE;
  return { colour, dash: [] };
}

/** Draws a chart: the same shapes become SVG and PDF. */
export function chartShapes(
  chart: ReportChart,
  { width, height, left }: ChartBox,
  timeZone: string,
): readonly ChartShape[] {
  const { spans, series, drawn, unit } = chart;
  const plot = { left, top: ABOVE, width: width - left, height: height - ABOVE - BELOW };
  const stacks = spans.map((_, at) => series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0));
  const largest = Math.max(
    0,
    ...(drawn === "bars" ? stacks : series.flatMap(({ values }) => values.map((v) => v ?? 0))),
  );
  const ticks = ticksUpTo(largest, unit);
  const top = ticks.at(-1) ?? 1;
  const yOf = (value: number) => plot.top + plot.height * (1 - value / top);
  const slot = plot.width / Math.max(1, spans.length);
  const centreOf = (at: number) => plot.left + slot * (at + 0.5);

  const shapes: ChartShape[] = ticks.flatMap((tick): readonly ChartShape[] => [
    {
      kind: "line",
      points: [
        [plot.left, yOf(tick)],
        [width, yOf(tick)],
      ],
      tone: AXIS,
      width: 0.5,
    },
    { kind: "text", x: plot.left - 6, y: yOf(tick), text: tickText(tick, unit, timeZone), anchor: "end" },
  ]);
  const every = Math.max(1, Math.ceil(LABEL_WIDTH / slot));
  spans.forEach((span, at) => {
    if (at % every !== 0) return;
    shapes.push({
      kind: "text",
      x: centreOf(at),
      y: height - BELOW / 2,
      text: spanText(span, timeZone),
      anchor: "middle",
    });
  });

  if (drawn === "bars") {
    const stacked = spans.map(() => 0);
    series.forEach(({ id, values }, of) => {
      values.forEach((value, at) => {
        if (value === null || value === 0) return;
        const from = stacked[at] ?? 0;
        stacked[at] = from + value;
        const y = yOf(from + value);
        // Thinner than any line, it would be drawn as one, over all that it stands on.
        if (from > 0 && yOf(from) - y < LEAST_BAR) return;
        const bar = { x: centreOf(at) - (slot * BAR_SHARE) / 2, y, width: slot * BAR_SHARE, height: yOf(from) - y };
        shapes.push({ kind: "bar", ...bar, tone: toneOf(chart, id, of) });
      });
    });
    return shapes;
  }
  series.forEach(({ id, values }, of) => {
    const tone = toneOf(chart, id, of);
    for (const points of unbroken(values, centreOf, yOf)) {
      const [only] = points;
      if (points.length === 1 && only !== undefined) shapes.push({ kind: "dot", x: only[0], y: only[1], tone });
      else shapes.push({ kind: "line", points, tone, width: 1.4 });
    }
  });
  return shapes;
}

/** `0`, `5 s`: shorter than in a table, since an axis has its unit once. */
function tickText(tick: number, unit: ReportChart["unit"], timeZone: string): string {
  return tick === 0 ? "0" : valueText(tick, unit, timeZone).replace(/\.0(?= )/, "");
}

/** A line is broken where nothing was measured. */
function unbroken(
  values: readonly (number | null)[],
  xOf: (at: number) => number,
  yOf: (value: number) => number,
): readonly (readonly (readonly [number, number])[])[] {
  const pieces: (readonly [number, number])[][] = [[]];
  values.forEach((value, at) => {
    if (value === null) pieces.push([]);
    else pieces.at(-1)?.push([xOf(at), yOf(value)]);
  });
  return pieces.filter((piece) => piece.length > 0);
}

/** What a chart shows, for those who do not see it. */
export function chartWords({ title, series, spans, unit }: ReportChart, timeZone: string): string {
  const told = series.map(({ label, values }) => {
    const known = values.filter((value) => value !== null);
    if (known.length === 0) return `${label}: nothing`;
    const [least, most] = [Math.min(...known), Math.max(...known)].map((value) => valueText(value, unit, timeZone));
    return `${label}: ${least} to ${most}`;
  });
  return `${title}, ${spans.length} spans. ${told.join("; ")}`;
}
