import { EXECUTION_CATEGORIES, type ExecutionCategory } from "@playhead/core";
import { useMemo } from "react";
import { Link, useSearchParams } from "wouter";
import { formatCallTime } from "../../ui/call-time.ts";
import { createChartGroup } from "../../ui/chart/chart-group.ts";
import { LineChart } from "../../ui/chart/line-chart.tsx";
import { Figure } from "../../ui/figure.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Loading } from "../../ui/loading.tsx";
import { Page } from "../../ui/page.tsx";
import { usePolled } from "../../ui/poll.ts";
import { RangeField } from "../../ui/range/range-field.tsx";
import { boundsOfRange, rangeWords } from "../../ui/range/view-range.ts";
import { Section } from "../../ui/section.tsx";
import { callSeries, changeMarks, spanFor } from "./call-series.ts";
import { changeSentence, mayHaveChanged, sureWord, verdictOf } from "./change-words.ts";
import { findSlowest } from "./find-slowest.ts";
import { EVERY_MS } from "./functions-part.tsx";
import { type Comparison, performanceApi } from "./performance-api.ts";
import { zoneWords } from "./performance-frame.tsx";
import { functionAddress, readPerformanceView } from "./performance-view.ts";
import { SlowestCalls } from "./slowest-calls.tsx";

const COUNT = new Intl.NumberFormat("en-GB");
const SLOWEST_SHOWN = 10;
const SLOWEST_PAGE = 200;
const CHART_PX = 220;
const COUNTS_PX = 130;

/** One function: how long it takes over time, when that changed, how often it fails, and its slowest calls. */
export function FunctionPart() {
  const [search, setSearch] = useSearchParams();
  const name = search.get("name") ?? "";
  const category = EXECUTION_CATEGORIES.find((each) => each === search.get("category")) ?? "function";
  const { range } = readPerformanceView(search);
  const key = JSON.stringify([category, name, range]);
  const read = () => readFunction(category, name, boundsOfRange(range, Date.now()));
  const polled = usePolled(key, read, EVERY_MS);
  const group = useMemo(() => createChartGroup(), []);
  const loaded = polled.value;
  const series = useMemo(() => callSeries(loaded?.points ?? []), [loaded]);
  const marks = useMemo(() => changeMarks(loaded?.changePoints ?? []), [loaded]);
  const words = rangeWords(range);
  return (
    <Page
      title={name}
      headingClassName="text-28 font-semibold tracking-tight wrap-anywhere"
      heading={
        <>
          {name}
          {loaded !== null && <Verdict comparison={loaded.comparison} {...words} />}
        </>
      }
      above={
        <Link
          href="/performance"
          className="mb-2 inline-flex items-center gap-1 rounded-sm text-13 text-soft hover:text-ink"
        >
          <Icon name="back" />
          Performance
        </Link>
      }
      below={<p className="mt-1 text-13 text-soft">{zoneWords().replace("times", "Times")}</p>}
    >
      <search className="mt-4 flex flex-wrap items-center gap-2">
        <RangeField
          range={range}
          onChange={(next) => setSearch(functionAddress(category, name, next).split("?")[1] ?? "", { replace: true })}
        />
      </search>
      <Loading polled={polled} what={`the calls of ${name}`} onRetry={() => void polled.refresh()} />
      {loaded !== null && loaded.comparison?.after == null && (
        <p className="py-6 text-soft" role="status">
          It was not called {words.inWords}. Take a longer time.
        </p>
      )}
      {loaded !== null && loaded.comparison?.after != null && (
        <>
          <FunctionFigures comparison={loaded.comparison} before={words.before} />
          <div className="mt-8 space-y-6">
            <LineChart
              title="Duration"
              timesMs={series.timesMs}
              series={series.durations}
              marks={marks}
              heightPx={CHART_PX}
              group={group}
              fromMs={loaded.fromMs}
              toMs={loaded.toMs}
            />
            <LineChart
              title={`Calls by the ${loaded.span}`}
              timesMs={series.timesMs}
              series={series.counts}
              heightPx={COUNTS_PX}
              group={group}
              fromMs={loaded.fromMs}
              toMs={loaded.toMs}
            />
          </div>
          <Section title="Slowest calls" className="mt-8">
            <SlowestCalls calls={loaded.slowest} nowMs={loaded.toMs} />
          </Section>
        </>
      )}
    </Page>
  );
}

async function readFunction(
  category: ExecutionCategory,
  name: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
) {
  const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
  const which = { category, name, from, to };
  const span = spanFor(fromMs, toMs);
  const [{ functions }, { points }, trends] = await Promise.all([
    performanceApi.compare(which),
    performanceApi.series({ ...which, span }),
    performanceApi.trends({ ...which, span }),
  ]);
  const comparison = functions[0] ?? null;
  const ended = { from, to, category, function: name, event_type: ["complete", "error"], page_size: SLOWEST_PAGE };
  const ask = (overMs: number) => performanceApi.entries({ ...ended, duration_over: overMs });
  const { p95_ms = 0, count = 0 } = comparison?.after ?? {};
  // Of few calls, all are looked at.
  const slowest = await findSlowest(ask, count <= SLOWEST_PAGE ? 0 : p95_ms, SLOWEST_SHOWN);
  return { comparison, points, span, slowest, fromMs, toMs, changePoints: trends[0]?.change_points ?? [] };
}

interface VerdictProps {
  readonly comparison: Comparison | null;
  readonly before: string;
}

function Verdict({ comparison, before }: VerdictProps) {
  if (comparison === null || comparison.after === null || comparison.before === null) return null;
  const verdict = verdictOf(comparison);
  const tone = { slower: "text-failed", faster: "text-completed", same: "text-faint" }[verdict];
  const change = comparison.average_change ?? 0;
  const words =
    verdict !== "same"
      ? `${changeSentence(change, before)}, ${sureWord(comparison.p_value)}`
      : mayHaveChanged(comparison)
        ? changeSentence(change, before, false)
        : `as fast as ${before}`;
  return <span className={tone}> {words}</span>;
}

function FunctionFigures({ comparison: { after, before: then }, before }: VerdictProps & { comparison: Comparison }) {
  if (after === null) return null;
  const note = (ms: number | undefined) => (ms === undefined ? null : `${formatCallTime(ms)} ${before}`);
  return (
    <dl className="m-0 mt-6 grid grid-cols-2 gap-x-8 gap-y-5 desk:grid-cols-6">
      <Figure label="p50" value={formatCallTime(after.p50_ms)} note={note(then?.p50_ms)} />
      <Figure label="p95" value={formatCallTime(after.p95_ms)} note={note(then?.p95_ms)} />
      <Figure label="p99" value={formatCallTime(after.p99_ms)} note={note(then?.p99_ms)} />
      <Figure label="Slowest" value={formatCallTime(after.max_ms)} note={note(then?.max_ms)} />
      <Figure
        label="Calls"
        value={COUNT.format(after.count)}
        note={after.summarized_count > 0 ? `${COUNT.format(after.summarized_count)} of them only counted` : null}
      />
      <Figure
        label="Failed"
        value={COUNT.format(after.error_count)}
        note={after.error_count === 0 ? "none of them" : `${(after.error_rate * 100).toFixed(1)} % of them`}
        tone={after.error_count > 0 ? "failed" : "plain"}
      />
    </dl>
  );
}
