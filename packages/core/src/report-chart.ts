import type { ToldRange } from "./performance-summary.ts";
import type { ReportChart } from "./report.ts";

/**
 * What is said in the place of a chart that would show nothing, or one point of a line, which tells less than the table
 * that has its figure; null for a chart that is worth drawing.
 *
 * @param nameOf how the report calls a span
 */
export function chartNote(
  { spans, series, drawn }: Pick<ReportChart, "spans" | "series" | "drawn">,
  nameOf: (span: ToldRange) => string,
): string | null {
  const shown = spans.filter((_, at) => series.some(({ values }) => (values[at] ?? 0) !== 0));
  const [only] = shown;
  if (only === undefined) return "Nothing in this period.";
  if (drawn === "bars" || shown.length > 1) return null;
  return `Only ${nameOf(only)} has something to show: its figures are in the tables below.`;
}
