/** A part of a media file. */
export interface Span {
  readonly startSec: number;
  readonly endSec: number;
}

/** Collects parts out of where each begins and where it ends; what it gives lies apart and in order. */
export interface SpanCollector {
  begin(sec: number): void;
  end(sec: number): void;
  /** All parts; one that has not ended does so at the end of the file. */
  spans(endSec: number): readonly Span[];
}

export function createSpanCollector(): SpanCollector {
  const spans: Span[] = [];
  let startSec: number | null = null;
  const add = (list: Span[], endSec: number) => {
    // Sound may begin a little before the pictures do, at a time below 0.
    const start = Math.max(0, startSec ?? 0, list.at(-1)?.endSec ?? 0);
    if (startSec !== null && endSec > start) list.push({ startSec: start, endSec });
  };
  return {
    begin(sec) {
      startSec ??= sec;
    },
    end(sec) {
      add(spans, sec);
      startSec = null;
    },
    spans(endSec) {
      const all = [...spans];
      add(all, endSec);
      return all;
    },
  };
}

/** How much of a length some parts of it are, 0..1. */
export function shareOf(spans: readonly Span[], durationSec: number): number {
  if (!(durationSec > 0)) return 0;
  const sec = spans.reduce(
    (sum, { startSec, endSec }) => sum + Math.max(0, Math.min(endSec, durationSec) - startSec),
    0,
  );
  return Math.min(1, sec / durationSec);
}
