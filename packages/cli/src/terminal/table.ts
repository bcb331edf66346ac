import { type Line, padded, span } from "./line.ts";
import { textWidth } from "./text-width.ts";

/** Rows under their headings, each column as wide as what is in it. */
export function tableLines(headings: readonly string[], rows: readonly (readonly string[])[]): readonly Line[] {
  const widths = headings.map((heading, at) =>
    Math.max(...[heading, ...rows.map((row) => row[at] ?? "")].map(textWidth)),
  );
  const text = (cells: readonly string[]) =>
    cells
      .map((cell, at) => padded(cell, widths[at] ?? 0))
      .join("  ")
      .trimEnd();
  return [[span(text(headings), "faint")], ...rows.map((row) => [span(text(row))])];
}
