/** What a chart's values are in: how they are scaled, and how they are spelled. */
export type ChartUnit = "ms" | "percent" | "bytes" | "count" | "per_minute" | "ratio";

/** What a line or a mark means; colours follow. */
export type ChartTone = "main" | "soft" | "warn" | "bad";

/** One value over time. */
export interface ChartSeries {
  readonly id: string;
  readonly label: string;
  readonly unit: ChartUnit;
  readonly tone: ChartTone;
  /** One for each time of the chart; null: a gap. */
  readonly values: readonly (number | null)[];
  /** An interval around the line. */
  readonly band?: { readonly low: readonly (number | null)[]; readonly high: readonly (number | null)[] };
}

/** Something that happened at a moment. */
export interface ChartMark {
  readonly atMs: number;
  readonly label: string;
  readonly tone: Exclude<ChartTone, "main">;
}
