import { type Line, span, type Tone } from "./line.ts";

/** A bar of `columns`, filled to a fraction 0..1 in half columns. It is full at exactly 1, and not before. */
export function bar(fraction: number, columns: number, tone: Tone): Line {
  const halves = Math.floor(Math.min(1, Math.max(0, fraction)) * columns * 2);
  const filled = "━".repeat(Math.floor(halves / 2)) + (halves % 2 === 1 ? "╸" : "");
  return [span(filled, tone), span("─".repeat(columns - Math.ceil(halves / 2)), "faint")];
}
