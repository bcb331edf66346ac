import { isFinalTaskState } from "@playhead/core";
import { RANKS, type Row } from "./job-rows.ts";

/** Rows that stand next to each other and are shown as one line. */
export interface Fold {
  readonly hidden: readonly Row[];
}

/** As many rows as fit into `height` lines, the more important ones; what is left out becomes folds, which count too. */
export function fitRows(rows: readonly Row[], height: number): readonly (Row | Fold)[] {
  if (rows.length <= height) return rows;
  if (height <= 0) return [];
  const kept = mostImportant(rows, height);
  while (kept.length + countGaps(kept, rows.length) > height) kept.pop();
  return withFolds(rows, new Set(kept));
}

/** Indices of the `count` most important rows, the most important first. */
function mostImportant(rows: readonly Row[], count: number): number[] {
  const byRank: number[][] = Array.from({ length: RANKS }, () => []);
  for (const [index, { rank }] of rows.entries()) byRank[rank]?.push(index);
  const chosen: number[] = [];
  for (const indices of byRank) {
    // Of what is over the latest is worth most, of what is to come the next.
    const first = rows[indices[0] ?? 0];
    if (first !== undefined && isFinalTaskState(first.task.state)) indices.reverse();
    for (const index of indices) {
      if (chosen.length === count) return chosen;
      chosen.push(index);
    }
  }
  return chosen;
}

function countGaps(kept: readonly number[], length: number): number {
  const sorted = [...kept].sort((a, b) => a - b);
  let gaps = 0;
  let next = 0;
  for (const index of [...sorted, length]) {
    if (index > next) gaps += 1;
    next = index + 1;
  }
  return gaps;
}

function withFolds(rows: readonly Row[], kept: ReadonlySet<number>): readonly (Row | Fold)[] {
  const shown: (Row | Fold)[] = [];
  let hidden: Row[] = [];
  const fold = () => {
    const [only] = hidden;
    // To say that one row is left out takes as much room as the row.
    if (only !== undefined) shown.push(hidden.length === 1 ? only : { hidden });
    hidden = [];
  };
  for (const [index, row] of rows.entries()) {
    if (kept.has(index)) {
      fold();
      shown.push(row);
    } else hidden.push(row);
  }
  fold();
  return shown;
}
