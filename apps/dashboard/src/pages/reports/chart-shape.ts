import type { ReportChart } from "@playhead/core";

/** A chart's drawing, in a square of 0..1 with its origin at the bottom left. */
export interface ChartShape {
  /** The value at the top. */
  readonly top: number;
  readonly series: readonly {
    readonly id: string;
    /** Of bars. */
    readonly bars: readonly {
      readonly x: number;
      readonly width: number;
      readonly y: number;
      readonly height: number;
    }[];
    /** Of lines: runs of points between gaps. */
    readonly runs: readonly (readonly (readonly [x: number, y: number])[])[];
  }[];
}

const BAR_SHARE = 0.7;

/** Where everything of a chart stands. */
export function chartShape({ drawn, spans, series }: ReportChart): ChartShape {
  const sums = spans.map((_, at) => series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0));
  const all = drawn === "bars" ? sums : series.flatMap(({ values }) => values.filter((value) => value !== null));
  const top = roundUp(Math.max(0, ...all));
  const step = spans.length === 0 ? 1 : 1 / spans.length;
  const stacked = spans.map(() => 0);
  return {
    top,
    series: series.map(({ id, values }) => {
      if (drawn === "lines") return { id, bars: [], runs: runsOf(values, step, top) };
      const bars = values.flatMap((value, at) => {
        if (value === null || value === 0) return [];
        const y = stacked[at] ?? 0;
        stacked[at] = y + value / top;
        return [{ x: (at + (1 - BAR_SHARE) / 2) * step, width: BAR_SHARE * step, y, height: value / top }];
      });
      return { id, bars, runs: [] };
    }),
  };
}

function runsOf(values: readonly (number | null)[], step: number, top: number) {
  const runs: (readonly [number, number])[][] = [];
  let run: (readonly [number, number])[] | null = null;
  for (const [at, value] of values.entries()) {
    if (value === null) {
      run = null;
      continue;
    }
    if (run === null) {
      run = [];
      runs.push(run);
    }
    run.push([(at + 0.5) * step, value / top]);
  }
  return runs;
}

/** The next number that people like on an axis: 1, 2, 5 and their tens. */
function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= value) ?? value;
}
