import { formatPercent } from "@playhead/client/format";
import { bar } from "../terminal/bar.ts";
import type { Console } from "../terminal/console.ts";
import { paint, span } from "../terminal/line.ts";

const LONGEST_BAR = 60;

/** A single bar, for work that is no job. */
export function renderTaskLine(fraction: number, { size, colour }: Pick<Console, "size" | "colour">): string {
  const { columns } = size();
  const length = Math.max(1, Math.min(LONGEST_BAR, columns - 8));
  return paint([...bar(fraction, length, "working"), span(`  ${formatPercent(fraction * 100)}`)], columns, colour);
}
