import {
  describeTrend,
  findChangePoints,
  type SeasonalScore,
  STRANGE_SCORE,
  seasonalScores,
  type TrendDescription,
} from "@playhead/core";

/** A series to be looked at. */
export interface SeriesQuestion {
  /** Oldest first, no two at the same time; values are what should be small, over 0. What lies before `fromMs` is only learned from. */
  readonly points: readonly SeriesPoint[];
  readonly fromMs: number;
  /** Of hours: the zone whose days they are compared by. Null: values are not compared with the usual of their hour. */
  readonly timeZone: string | null;
}

export interface SeriesPoint {
  readonly atMs: number;
  readonly value: number;
}

/** What was seen. */
export interface SeriesAnswer extends TrendDescription {
  readonly changes: readonly {
    readonly atMs: number;
    /** Medians of the values between this change and those before and after it. */
    readonly before: number;
    readonly after: number;
    readonly pValue: number;
  }[];
  readonly anomalies: readonly {
    readonly atMs: number;
    readonly value: number;
    readonly expected: number;
    readonly score: number;
  }[];
  /** How strange the newest value is; null where that cannot be said. */
  readonly lastScore: number | null;
}

/** The newest so many of what is strange are told. */
const MAX_ANOMALIES = 50;

/** Looks at a series: some milliseconds of work for hundreds of values, tens where hours are told apart. */
export function analyzeSeries({ points, fromMs, timeZone }: SeriesQuestion): SeriesAnswer {
  const logs = points.map(({ atMs, value }) => ({ atMs, value: Math.log(value) }));
  const within = logs.filter(({ atMs }) => atMs >= fromMs);
  const scores = timeZone === null ? [] : scoresOf(logs, timeZone);
  const changes = findChangePoints(
    within.map(({ value }) => value),
    sameRandom(),
  );
  return {
    ...describeTrend(within),
    changes: changes.map(({ at, before, after, pValue }) => {
      return { atMs: (within[at] as SeriesPoint).atMs, before: Math.exp(before), after: Math.exp(after), pValue };
    }),
    anomalies: points
      .flatMap(({ atMs, value }, at) => {
        const { score = 0, expected = 0 } = scores[at] ?? {};
        const isTold = atMs >= fromMs && Math.abs(score) >= STRANGE_SCORE;
        return isTold ? [{ atMs, value, expected: Math.exp(expected), score }] : [];
      })
      .slice(-MAX_ANOMALIES),
    lastScore: scores.at(-1)?.score ?? null,
  };
}

function scoresOf(points: readonly SeriesPoint[], timeZone: string): readonly (SeasonalScore | null)[] {
  return seasonalScores(
    points.map(({ atMs, value }) => {
      const { hour, dayOfWeek } = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone);
      return { atMs, value, hour, isWeekend: dayOfWeek >= 6 };
    }),
  );
}

/** The same numbers each time, so that the same question has the same answer: mulberry32. */
function sameRandom(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
