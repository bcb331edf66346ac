import { useMemo } from "react";
import { Link } from "wouter";
import { client } from "../../client.ts";
import { createChartGroup } from "../../ui/chart/chart-group.ts";
import { LineChart } from "../../ui/chart/line-chart.tsx";
import { usePolled } from "../../ui/poll.ts";
import { Section } from "../../ui/section.tsx";
import { callSeries } from "../performance/call-series.ts";
import { performanceApi } from "../performance/performance-api.ts";
import { resourceSeries, type StoredSample } from "./resource-series.ts";

const HOUR_MS = 3_600_000;
const STEPS_HOURS = 24;
const RESOURCE_HOURS = 1;
const STEPS_EVERY_MS = 30_000;
const SAMPLES_EVERY_MS = 15_000;
const CHART_PX = 130;

/** What was done in the last hours, and what it took of the machine. Nothing for who may not see it. */
export function OverviewCharts() {
  return (
    <>
      <Throughput />
      <Resources />
    </>
  );
}

function Throughput() {
  const { value } = usePolled(
    "steps",
    async () => {
      const toMs = Date.now();
      const fromMs = toMs - STEPS_HOURS * HOUR_MS;
      const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
      const { points } = await performanceApi.series({ category: "step", from, to, span: "hour" });
      const series = callSeries(points);
      const done = series.counts.map((each) => (each.id === "calls" ? { ...each, label: "done" } : each));
      return { fromMs, toMs, series, done };
    },
    STEPS_EVERY_MS,
  );
  if (value === null || value.series.timesMs.length === 0) return null;
  const { fromMs, toMs, series, done } = value;
  return (
    <Section
      title="Done"
      aside={
        <Link href="/performance?last=24h" className="text-13 text-soft hover:text-ink hover:underline">
          How fast
        </Link>
      }
    >
      <div className="pt-2">
        <LineChart
          title="Steps by the hour"
          timesMs={series.timesMs}
          series={done}
          heightPx={CHART_PX}
          fromMs={fromMs}
          toMs={toMs}
        />
      </div>
    </Section>
  );
}

function Resources() {
  const group = useMemo(() => createChartGroup(), []);
  const { value } = usePolled(
    "samples",
    async () => {
      const query = { hours: RESOURCE_HOURS };
      const { samples } = await client.api.ask<{ readonly samples: readonly StoredSample[] }>(
        "GET",
        "monitoring/metrics/system",
        { query },
      );
      const toMs = Date.now();
      return { fromMs: toMs - RESOURCE_HOURS * HOUR_MS, toMs, series: resourceSeries(samples) };
    },
    SAMPLES_EVERY_MS,
  );
  if (value === null || value.series.timesMs.length === 0) return null;
  const { fromMs, toMs, series } = value;
  const span = { timesMs: series.timesMs, heightPx: CHART_PX, group, fromMs, toMs };
  return (
    <Section
      title="The machine, last hour"
      aside={
        <Link href="/health" className="text-13 text-soft hover:text-ink hover:underline">
          Health
        </Link>
      }
    >
      <div className="space-y-3 pt-2">
        <LineChart title="Used" series={series.shares} {...span} />
        <LineChart title="Event loop" series={series.delays} {...span} />
      </div>
    </Section>
  );
}
