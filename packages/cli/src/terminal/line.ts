import { styleText } from "node:util";
import { printable, textWidth, truncateText } from "./text-width.ts";

/** What a piece of text means; its colour follows. Every tone stands beside a sign or a word that says the same. */
export type Tone = "plain" | "strong" | "faint" | "working" | "good" | "bad" | "waiting";

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One line of a terminal, from left to right. */
export type Line = readonly Span[];

const STYLES: Readonly<Record<Tone, Parameters<typeof styleText>[0] | null>> = {
  plain: null,
  strong: "bold",
  faint: "dim",
  working: "blueBright",
  good: "green",
  bad: "red",
  waiting: "yellow",
};

/** A piece of a line; control characters in it are taken out. */
export function span(text: string, tone: Tone = "plain"): Span {
  return { text: printable(text), tone };
}

/** How many columns a line takes. */
export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + textWidth(text), 0);
}

/** The line with `end` at the right edge of `columns`, or two columns behind it when there is no room. */
export function justify(start: Line, end: Line, columns: number): Line {
  const gap = Math.max(2, columns - lineWidth(start) - lineWidth(end));
  return [...start, span(" ".repeat(gap)), ...end];
}

/** A text made as wide as its column. */
export function padded(text: string, columns: number): string {
  const clean = truncateText(printable(text), columns);
  return clean + " ".repeat(Math.max(0, columns - textWidth(clean)));
}

/** The line as it is written: never wider than `columns`, coloured or not. */
export function paint(line: Line, columns: number, colour: boolean): string {
  let left = columns;
  let written = "";
  for (const { text, tone } of line) {
    if (left <= 0) break;
    const shown = truncateText(text, left);
    left -= textWidth(shown);
    const style = STYLES[tone];
    written += colour && style !== null && shown !== "" ? styleText(style, shown, { validateStream: false }) : shown;
  }
  return colour ? written : written.trimEnd();
}
