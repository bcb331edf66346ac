import { BASELINE_HOURS, MIN_BASELINE_CALLS } from "../rules/measurements.ts";

/** What calls took before the window: what leaves the window comes here, for a day. */
export interface Baseline {
  add(atMs: number, count: number, sumMs: number): void;
  /** Null as long as the calls are too few. */
  averageMs(): number | null;
  /** Time goes on. @returns whether less is remembered than before */
  advance(endMs: number): boolean;
  readonly isEmpty: boolean;
  /** `[cell, count, sum]` each. */
  kept(): readonly Cell[];
}

type Cell = readonly [cell: number, count: number, sumMs: number];

const HOUR_MS = 3_600_000;
const CELL_MS = HOUR_MS / 2;
const CELLS = (BASELINE_HOURS * HOUR_MS) / CELL_MS;

export function createBaseline(start: readonly Cell[] = []): Baseline {
  const cells = new Map<number, { count: number; sumMs: number }>();
  for (const [cell, count, sumMs] of start) cells.set(cell, { count, sumMs });

  return {
    add(atMs, count, sumMs) {
      if (count === 0) return;
      const key = Math.floor(atMs / CELL_MS);
      const cell = cells.get(key) ?? { count: 0, sumMs: 0 };
      cell.count += count;
      cell.sumMs += sumMs;
      cells.set(key, cell);
    },
    averageMs() {
      let count = 0;
      let sumMs = 0;
      for (const cell of cells.values()) {
        count += cell.count;
        sumMs += cell.sumMs;
      }
      return count < MIN_BASELINE_CALLS ? null : sumMs / count;
    },
    advance(endMs) {
      const before = cells.size;
      if (before === 0) return false;
      const last = Math.floor(endMs / CELL_MS);
      for (const cell of cells.keys()) if (cell <= last - CELLS) cells.delete(cell);
      return cells.size < before;
    },
    get isEmpty() {
      return cells.size === 0;
    },
    kept: () => [...cells].map(([cell, { count, sumMs }]) => [cell, count, sumMs]),
  };
}
