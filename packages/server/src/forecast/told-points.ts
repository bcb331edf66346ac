import type { CalibratedForecast, JsonObject, ToldForecast } from "@playhead/core";

/** What was said of a job at a moment. */
export interface ToldPoint extends ToldForecast {
  /** 0..100 */
  readonly percent: number;
}

/** What was said over a job's life: at most {@link MAX_POINTS}, evenly spread. */
export interface ToldPoints {
  add(atMs: number, percent: number, left: CalibratedForecast): void;
  all(): readonly ToldPoint[];
}

const MAX_POINTS = 200;

export function createToldPoints(before: readonly ToldPoint[] = []): ToldPoints {
  let points = [...before];
  let apartMs = 0;

  function thin(): void {
    const lastMs = points.at(-1)?.at_ms ?? 0;
    points = points.filter((_, at) => at % 2 === 0);
    apartMs = (lastMs - (points[0]?.at_ms ?? lastMs)) / points.length;
  }

  return {
    add(atMs, percent, { leftSec, lowSec, highSec }) {
      const lastMs = points.at(-1)?.at_ms;
      // Never back: a clock that was set back says nothing new until it is there again.
      if (lastMs !== undefined && atMs - lastMs < Math.max(1, apartMs * 0.9)) return;
      const at = (sec: number) => Math.round(atMs + Math.min(sec, MOST_SEC) * 1_000);
      points.push({ at_ms: atMs, percent, ms: at(leftSec), low_ms: at(lowSec), high_ms: at(highSec) });
      if (points.length > MAX_POINTS) thin();
    },
    all: () => points,
  };
}

const MOST_SEC = 1e9;

/** What was said last before a moment; null where nothing was. */
export function toldBefore(points: readonly ToldPoint[], atMs: number): ToldPoint | null {
  return points.findLast(({ at_ms }) => at_ms <= atMs) ?? null;
}

/** As it is kept: each point after the first as what is new in it. */
export function storedPoints(points: readonly ToldPoint[]): JsonObject {
  return {
    points: points.map(({ at_ms, percent, ms, low_ms, high_ms }) => [
      ...[at_ms, Math.round(percent * 100), ms - at_ms, low_ms - at_ms, high_ms - at_ms],
    ]),
  };
}

export function readPoints({ points }: JsonObject): readonly ToldPoint[] {
  if (!Array.isArray(points)) return [];
  return (points as [number, number, number, number, number][]).map(([atMs, percent, left, low, high]) => ({
    ...{ at_ms: atMs, percent: percent / 100, ms: atMs + left, low_ms: atMs + low, high_ms: atMs + high },
  }));
}
