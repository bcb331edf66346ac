import type { ReportChart, ReportFigure, ReportFilter, ReportTable, TimeRange } from "@playhead/core";
import type { JobsFound, JobTotals } from "./job-totals.ts";
import { capitalPieces, type PieceName } from "./piece-name.ts";
import { growth, told, wants } from "./report-query.ts";

/** Part of a report, in the order in which it is read. */
export interface ReportParts {
  readonly figures: readonly ReportFigure[];
  readonly charts: readonly ReportChart[];
  readonly tables: readonly ReportTable[];
}

type FigureOf = Pick<ReportFigure, "id" | "label" | "unit" | "better"> & {
  readonly of: (totals: JobTotals) => number | null;
};

const share = (part: number, all: number) => (all === 0 ? null : part / all);

const figuresOf = (
  piece: PieceName,
): Readonly<Record<"clips" | "jobs" | "scores" | "errors", readonly FigureOf[]>> => ({
  clips: [
    {
      ...{ id: "clips_processed", label: `${capitalPieces(piece)} processed`, unit: "count", better: "higher" },
      of: ({ clips }) => clips,
    },
    {
      ...{ id: "clips_failed", label: `${capitalPieces(piece)} failed`, unit: "count", better: "lower" },
      of: ({ clipsFailed }) => clipsFailed,
    },
    {
      ...{ id: "time_per_clip", label: `Time per ${piece}`, unit: "ms", better: "lower" },
      of: ({ clipMs, clips }) => share(clipMs, clips),
    },
  ],
  jobs: [
    { id: "jobs_ended", label: "Jobs ended", unit: "count", better: "higher", of: ({ ended }) => ended },
    { id: "jobs_failed", label: "Jobs failed", unit: "count", better: "lower", of: ({ failed }) => failed },
    {
      ...{ id: "time_per_job", label: "Time per job", unit: "ms", better: "lower" },
      of: ({ wallMs, completed }) => share(wallMs, completed),
    },
  ],
  scores: [
    { id: "clips_scored", label: "Clips scored", unit: "count", better: "higher", of: ({ scored }) => scored },
    { id: "best_score", label: "Best score", unit: "score", better: "higher", of: ({ bestScore }) => bestScore },
  ],
  errors: [{ id: "errors", label: "Errors", unit: "count", better: "lower", of: ({ errors }) => errors }],
});

/** What a report tells of jobs, and what it was before. */
export function jobParts(
  { metrics }: ReportFilter,
  now: JobsFound,
  before: JobsFound,
  spans: readonly TimeRange[],
  piece: PieceName,
): ReportParts {
  const wanted = (["clips", "jobs", "scores", "errors"] as const).filter((metric) => wants(metrics, metric));
  const figuresBy = figuresOf(piece);
  const figures = wanted.flatMap((metric) =>
    figuresBy[metric].map(({ of, ...figure }): ReportFigure => {
      const [value, then] = [of(now.all), of(before.all)];
      return { ...figure, value, before: then, change: growth(then, value) };
    }),
  );
  const chartsOf = { clips: [clipsChart(now, spans, piece)], jobs: [jobsChart(now, spans)], scores: [], errors: [] };
  const tablesOf = { clips: [], jobs: [kindsTable(now, piece)], scores: [bestTable(now)], errors: [causesTable(now)] };
  // A table of scores where nothing is scored says nothing.
  const hasScores = now.all.scored > 0 || metrics !== null;
  return {
    figures: figures.filter(({ id }) => hasScores || !/^(clips_scored|best_score)$/.test(id)),
    charts: wanted.flatMap((metric): readonly ReportChart[] => chartsOf[metric]),
    tables: wanted.flatMap((metric): readonly ReportTable[] =>
      metric === "scores" && !hasScores ? [] : tablesOf[metric],
    ),
  };
}

function clipsChart({ bySpan }: JobsFound, spans: readonly TimeRange[], piece: PieceName): ReportChart {
  const title = `${capitalPieces(piece)} processed`;
  return {
    ...{ id: "clips", title, drawn: "bars", unit: "count", spans: spans.map(told) },
    series: [
      { id: "clips_processed", label: "Processed", values: bySpan.map(({ clips }) => clips) },
      { id: "clips_failed", label: "Failed", values: bySpan.map(({ clipsFailed }) => clipsFailed) },
    ],
  };
}

function jobsChart({ bySpan }: JobsFound, spans: readonly TimeRange[]): ReportChart {
  return {
    ...{ id: "jobs", title: "Jobs ended", drawn: "bars", unit: "count", spans: spans.map(told) },
    series: [
      { id: "jobs_completed", label: "Completed", values: bySpan.map(({ completed }) => completed) },
      { id: "jobs_failed", label: "Failed", values: bySpan.map(({ failed }) => failed) },
      { id: "jobs_canceled", label: "Canceled", values: bySpan.map(({ canceled }) => canceled) },
    ],
  };
}

function kindsTable({ byKind }: JobsFound, piece: PieceName): ReportTable {
  const kinds = [...byKind].sort(([a, one], [b, other]) => other.ended - one.ended || (a < b ? -1 : 1));
  return {
    ...{ id: "kinds", title: "Jobs by kind", empty: "No job ended.", omitted: 0 },
    columns: [
      { id: "kind", label: "Kind", unit: "text" },
      { id: "ended", label: "Ended", unit: "count" },
      { id: "completed", label: "Completed", unit: "count" },
      { id: "failed", label: "Failed", unit: "count" },
      { id: "canceled", label: "Canceled", unit: "count" },
      { id: "clips", label: capitalPieces(piece), unit: "count" },
      { id: "time_per_job", label: "Time per job", unit: "ms" },
    ],
    rows: kinds.map(([kind, { ended, completed, failed, canceled, clips, wallMs }]) => {
      return [kind, ended, completed, failed, canceled, clips, share(wallMs, completed)];
    }),
  };
}

function causesTable({ causes }: JobsFound): ReportTable {
  const found = [...causes].sort(([a, one], [b, other]) => other.count - one.count || (a < b ? -1 : 1));
  return {
    ...{ id: "errors", title: "Errors by cause", empty: "No job that ended met an error.", omitted: 0 },
    columns: [
      { id: "cause", label: "Cause", unit: "text" },
      { id: "count", label: "Errors", unit: "count" },
      { id: "jobs", label: "Jobs", unit: "count" },
      { id: "first_seen", label: "First seen", unit: "time" },
      { id: "last_seen", label: "Last seen", unit: "time" },
      { id: "message", label: "The newest", unit: "text" },
    ],
    rows: found.map(([code, { count, jobs, firstAt, lastAt, message }]) => {
      return [code, count, jobs.size, firstAt, lastAt, message];
    }),
  };
}

function bestTable({ best }: JobsFound): ReportTable {
  return {
    ...{ id: "best_clips", title: "Best clips", empty: "No clip was scored.", omitted: 0 },
    columns: [
      { id: "score", label: "Score", unit: "score" },
      { id: "clip", label: "Clip", unit: "text" },
      { id: "job", label: "Job", unit: "text" },
    ],
    rows: best.map(({ score, title, jobTitle }) => [score, title, jobTitle]),
  };
}
