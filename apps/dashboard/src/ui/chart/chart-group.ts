/** A stretch of time that is looked at. */
export interface ChartRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Charts that are looked at together: where one is pointed at, all are; where one is zoomed, all are. */
export interface ChartGroup {
  /** The moment that is pointed at; null where none is. */
  readonly cursorMs: number | null;
  /** What is zoomed to; null: all there is. */
  readonly rangeMs: ChartRange | null;
  setCursor(ms: number | null): void;
  setRange(range: ChartRange | null): void;
  /** @returns ends it */
  subscribe(listener: () => void): () => void;
}

/** Creates a group; its charts join by being given it. */
export function createChartGroup(): ChartGroup {
  let cursorMs: number | null = null;
  let rangeMs: ChartRange | null = null;
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  return {
    get cursorMs() {
      return cursorMs;
    },
    get rangeMs() {
      return rangeMs;
    },
    // What changes nothing is told to nobody: a chart that follows the group does not answer itself.
    setCursor(ms) {
      if (ms === cursorMs) return;
      cursorMs = ms;
      tell();
    },
    setRange(range) {
      if (range?.fromMs === rangeMs?.fromMs && range?.toMs === rangeMs?.toMs) return;
      if (range !== null && !(range.toMs > range.fromMs)) return;
      rangeMs = range;
      tell();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
