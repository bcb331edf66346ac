import type { Job } from "@playhead/core";
import { useEffect, useMemo } from "react";
import { client } from "../../../client.ts";
import type { ChartGroup } from "../../../ui/chart/chart-group.ts";
import { LineChart } from "../../../ui/chart/line-chart.tsx";
import { usePolled } from "../../../ui/poll.ts";
import type { PlayheadRange } from "../moment/playhead.ts";
import type { TimelineView } from "../use-timeline-view.ts";
import { ffmpegChart, type ListedSample, machineChart, samplesOf, throughputChart } from "./resource-series.ts";

export interface ResourcesProps {
  /** As it stands now, so that there is a line before and after the moment. */
  readonly job: Job;
  readonly range: PlayheadRange;
  readonly view: TimelineView;
  /** Where the playhead stands; null while live. */
  readonly atMs: number | null;
  readonly group: ChartGroup;
}

const HEIGHT_PX = 84;
/** As the lanes of the timeline leave free. */
const RIGHT_PX = 12;
/** The server looks back so far at most. */
const MOST_HOURS = 168;
const HOUR_MS = 3_600_000;

/** Under the timeline, on its axis and with its cursor: what the machine did meanwhile, and how much came of it. */
export function Resources({ job, range, view, atMs, group }: ResourcesProps) {
  const { scale, isZoomed } = view;
  const { startMs, endMs } = range;
  const { value } = usePolled(`samples ${job.job_id}`, () => {
    const hours = Math.min(MOST_HOURS, (Date.now() - startMs) / HOUR_MS + 0.1);
    return client.api.ask<{ readonly samples: readonly ListedSample[] }>("GET", "monitoring/metrics/system", {
      query: { hours },
    });
  });
  // The line moves on by the second: finer is not to be seen.
  const lastMs = Math.ceil(endMs / 1_000) * 1_000;
  const samples = useMemo(
    () => samplesOf(value?.samples ?? [], job.worker, { startMs, endMs: lastMs }),
    [value, job.worker, startMs, lastMs],
  );
  const charts = useMemo(
    () =>
      [
        samples.length > 1 ? machineChart(samples) : null,
        ffmpegChart(samples),
        throughputChart(job, { startMs, endMs: lastMs }),
      ].filter((chart) => chart !== null),
    [samples, job, startMs, lastMs],
  );

  useEffect(() => {
    group.setRange(isZoomed ? { fromMs: scale.startMs, toMs: scale.endMs } : null);
  }, [group, isZoomed, scale]);
  // Charts that are zoomed take the timeline along.
  const { look } = view;
  useEffect(
    () =>
      group.subscribe(() => {
        const { rangeMs } = group;
        look(rangeMs === null ? null : { startMs: rangeMs.fromMs, endMs: rangeMs.toMs });
      }),
    [group, look],
  );
  // The cursor is the reader's while they point at a chart, and the playhead's else.
  useEffect(() => {
    group.setCursor(atMs);
    return group.subscribe(() => {
      if (group.cursorMs === null) group.setCursor(atMs);
    });
  }, [group, atMs]);

  return (
    <div className="resources">
      {charts.map(({ title, timesMs, series }) => (
        <LineChart
          key={title}
          title={title}
          timesMs={timesMs}
          series={series}
          heightPx={HEIGHT_PX}
          rightPx={RIGHT_PX}
          group={group}
          fromMs={scale.startMs}
          toMs={scale.endMs}
        />
      ))}
    </div>
  );
}
