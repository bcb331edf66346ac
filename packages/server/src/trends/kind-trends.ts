import type { TimeRange, TrendDescription } from "@playhead/core";
import type { SeriesAnswer, SeriesQuestion } from "./analyze-series.ts";
import type { MediaGroup } from "./job-measure.ts";
import type { JobMeasures } from "./job-measures.ts";
import { type KindSeries, kindSeries, mediaSeries, type TrendMeasure } from "./kind-series.ts";

/** How jobs of one kind do over time. */
export interface KindTrend extends TrendDescription {
  readonly kind: string;
  readonly measure: TrendMeasure;
  /** How many jobs there were. */
  readonly points: number;
  /** In the middle, in the words of the measure: a ratio, seconds of media a second, milliseconds. Null without jobs. */
  readonly median: number | null;
  readonly change_points: readonly KindChange[];
}

/** The same of one way of making media. */
export interface MediaTrend extends KindTrend, MediaGroup {}

export interface KindChange {
  readonly at_ms: number;
  readonly before: number;
  readonly after: number;
  /** By which share they take longer: 0.5 is half as long again, whatever the measure. */
  readonly change: number;
  readonly p_value: number;
}

export interface KindTrendsDeps {
  readonly measures: JobMeasures;
  readonly analyze: (question: SeriesQuestion) => Promise<SeriesAnswer>;
}

const MAX_KINDS = 10;
/** Those that most jobs have are looked at. */
const MAX_GROUPS = 50;

/** Looks at jobs that completed, kind by kind. */
export function createKindTrends({ measures, analyze }: KindTrendsDeps) {
  async function look({ points, measure, read }: KindSeries, { fromMs, toMs }: TimeRange) {
    const within = points.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
    const {
      changes,
      anomalies: _,
      lastScore: __,
      ...trend
    } = await analyze({ points: within, fromMs, timeZone: null });
    const sorted = within.map(({ value }) => value).toSorted((a, b) => a - b);
    const middle = sorted[sorted.length >> 1];
    return {
      ...{ measure, points: within.length, median: middle === undefined ? null : read(middle), ...trend },
      change_points: changes.map(({ atMs, before, after, pValue }) => {
        const [atFirst, then] = [read(before), read(after)];
        return { at_ms: Math.floor(atMs), before: atFirst, after: then, change: after / before - 1, p_value: pValue };
      }),
    };
  }

  return {
    async read(
      tenantId: string,
      range: TimeRange,
    ): Promise<{ readonly kinds: readonly KindTrend[]; readonly media: readonly MediaTrend[] }> {
      const kinds: KindTrend[] = [];
      const media: MediaTrend[] = [];
      for (const kind of (await measures.kinds(tenantId)).slice(0, MAX_KINDS)) {
        const jobs = await measures.read(tenantId, kind);
        kinds.push({ kind, ...(await look(kindSeries(jobs), range)) });
        const groups = mediaSeries(jobs).toSorted((a, b) => b.points.length - a.points.length);
        for (const series of groups.slice(0, MAX_GROUPS - media.length))
          media.push({ kind, ...series.group, ...(await look(series, range)) });
      }
      return { kinds: kinds.filter(({ points }) => points > 0), media: media.filter(({ points }) => points > 0) };
    },
  };
}
