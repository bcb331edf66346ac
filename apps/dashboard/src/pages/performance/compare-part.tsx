import { Toggle } from "@base-ui/react/toggle";
import { ToggleGroup } from "@base-ui/react/toggle-group";
import type { JobSummary } from "@playhead/core";
import { useSearchParams } from "wouter";
import { client } from "../../client.ts";
import { Loading } from "../../ui/loading.tsx";
import { usePolled } from "../../ui/poll.ts";
import { FILTER, MomentField, RangeField } from "../../ui/range/range-field.tsx";
import { rangeWords } from "../../ui/range/view-range.ts";
import { formatMoment } from "../../ui/times.ts";
import { CompareTable } from "./compare-table.tsx";
import { type CompareView, compareQuery, EARLIERS, readCompareView, writeCompareView } from "./compare-view.ts";
import { EVERY_MS } from "./functions-part.tsx";
import { performanceAnswer } from "./performance-answer.ts";
import { type PerformanceComparison, performanceApi } from "./performance-api.ts";
import { PerformanceFrame, zoneWords } from "./performance-frame.tsx";

type PeriodsView = Extract<CompareView, { readonly of: "periods" }>;
type JobsView = Extract<CompareView, { readonly of: "jobs" }>;

const JOBS_OFFERED = 100;
const NO_JOBS: readonly JobSummary[] = [];

/** Two periods, or two jobs, side by side: what got slower, by how much, and how sure. */
export function ComparePart() {
  const [search, setSearch] = useSearchParams();
  const view = readCompareView(search);
  const show = (next: CompareView) => setSearch(writeCompareView(next), { replace: true });
  const address = writeCompareView(view).toString();
  const isReady = compareQuery(view, 0) !== null;
  const polled = usePolled<PerformanceComparison | null>(
    address,
    async () => {
      const query = compareQuery(view, Date.now());
      return query === null ? null : await performanceApi.compare(query);
    },
    EVERY_MS,
  );
  const jobs = usePolled(view.of, async () =>
    view.of === "jobs" ? (await client.api.jobs({ page_size: JOBS_OFFERED })).jobs : NO_JOBS,
  );
  const names = namesOf(view, jobs.value ?? NO_JOBS);
  const compared = polled.value;
  const answer =
    compared === null
      ? null
      : performanceAnswer(compared.functions, [], {
          fromMs: 0,
          toMs: 0,
          inWords: names.inWords,
          before: names.than,
        });
  return (
    <PerformanceFrame
      title="Compare"
      heading={
        answer === null ? (
          "Compare two periods, or two jobs"
        ) : (
          <>
            <span className={answer.tone === "bad" ? "text-failed" : ""}>{answer.said}</span>
            {answer.more !== "" && <span className="text-faint">, {answer.more}</span>}
          </>
        )
      }
      below={compared !== null && <p className="mt-1 text-13 text-soft">{spansWords(compared)}</p>}
    >
      <search className="mt-4 flex flex-wrap items-center gap-2">
        <ToggleGroup
          aria-label="Compare"
          value={[view.of]}
          onValueChange={([of]) => {
            if (of === "jobs") show({ of: "jobs", jobId: null, withJobId: null });
            if (of === "periods") show(readCompareView(new URLSearchParams()));
          }}
          className="flex rounded-md border border-line"
        >
          {(["periods", "jobs"] as const).map((of) => (
            <Toggle
              key={of}
              value={of}
              className="h-7.5 px-2.5 text-13 text-faint first:rounded-l-md last:rounded-r-md hover:text-ink data-pressed:bg-raised data-pressed:text-ink"
            >
              {of === "periods" ? "Periods" : "Jobs"}
            </Toggle>
          ))}
        </ToggleGroup>
        {view.of === "periods" ? (
          <PeriodFields view={view} onChange={show} />
        ) : (
          <JobFields view={view} jobs={jobs.value ?? NO_JOBS} onChange={show} />
        )}
      </search>
      {!isReady && <p className="py-6 text-soft">Choose two jobs of one kind: what got slower stands first.</p>}
      {isReady && <Loading polled={polled} what="the comparison" onRetry={() => void polled.refresh()} />}
      {compared !== null && compared.functions.length > 0 && (
        <CompareTable functions={compared.functions} beforeName={names.before} afterName={names.after} />
      )}
    </PerformanceFrame>
  );
}

interface FieldsProps<View> {
  readonly view: View;
  readonly onChange: (view: CompareView) => void;
}

function PeriodFields({ view, onChange }: FieldsProps<PeriodsView>) {
  const between = typeof view.with === "string" ? null : view.with;
  const choose = (name: string) => {
    const earlier = EARLIERS.find((each) => each.name === name);
    if (earlier !== undefined) return onChange({ ...view, with: earlier.name });
    const query = compareQuery({ ...view, with: "7d" }, Date.now());
    const { before_from: from, before_to: to } = query ?? {};
    if (from !== undefined && to !== undefined) onChange({ ...view, with: { from, to } });
  };
  const move = (part: { readonly from?: string; readonly to?: string }) => {
    if (between === null) return;
    const next = { ...between, ...part };
    if (next.from < next.to) onChange({ ...view, with: next });
  };
  return (
    <>
      <RangeField range={view.range} onChange={(range) => onChange({ ...view, range })} />
      <span className="text-13 text-faint">with</span>
      <select
        aria-label="With"
        className={FILTER}
        value={between === null ? String(view.with) : "between"}
        onChange={({ target }) => choose(target.value)}
      >
        {EARLIERS.map(({ name, word }) => (
          <option key={name} value={name}>
            {word}
          </option>
        ))}
        <option value="between">Between …</option>
      </select>
      {between !== null && (
        <span className="flex flex-wrap items-center gap-2 text-13 text-faint">
          <MomentField name="With from" moment={between.from} onChange={(from) => from !== null && move({ from })} />
          to
          <MomentField name="With before" moment={between.to} onChange={(to) => to !== null && move({ to })} />
        </span>
      )}
    </>
  );
}

function JobFields({ view, jobs, onChange }: FieldsProps<JobsView> & { readonly jobs: readonly JobSummary[] }) {
  return (
    <>
      <JobField
        name="Job"
        jobs={jobs}
        jobId={view.jobId}
        onChange={(jobId) => {
          // The one before of the same kind is what it is compared with most.
          const at = jobs.findIndex((job) => job.job_id === jobId);
          const earlier = jobs.slice(at + 1).find(({ kind }) => kind === jobs[at]?.kind);
          onChange({ ...view, jobId, withJobId: view.withJobId ?? earlier?.job_id ?? null });
        }}
      />
      <span className="text-13 text-faint">with</span>
      <JobField
        name="With job"
        jobs={jobs}
        jobId={view.withJobId}
        onChange={(withJobId) => onChange({ ...view, withJobId })}
      />
    </>
  );
}

interface JobFieldProps {
  readonly name: string;
  readonly jobs: readonly JobSummary[];
  readonly jobId: string | null;
  readonly onChange: (jobId: string | null) => void;
}

function JobField({ name, jobs, jobId, onChange }: JobFieldProps) {
  const isOffered = jobId === null || jobs.some(({ job_id }) => job_id === jobId);
  return (
    <select
      aria-label={name}
      className={`${FILTER} w-72`}
      value={jobId ?? ""}
      onChange={({ target }) => onChange(target.value === "" ? null : target.value)}
    >
      <option value="">{name} …</option>
      {/* An address may name one that is older than those that are offered. */}
      {!isOffered && <option value={jobId}>{jobId}</option>}
      {jobs.map((job) => (
        <option key={job.job_id} value={job.job_id}>
          {job.title} · {formatMoment(Date.parse(job.created_at), Date.now())}
        </option>
      ))}
    </select>
  );
}

function namesOf(view: CompareView, jobs: readonly JobSummary[]) {
  if (view.of === "jobs") {
    const titleOf = (id: string | null) => jobs.find(({ job_id }) => job_id === id)?.title ?? id ?? "";
    const [before, after] = [titleOf(view.withJobId), titleOf(view.jobId)];
    return { before, after, than: `in ${before}`, inWords: `in ${after}` };
  }
  const { inWords } = rangeWords(view.range);
  const earlier = EARLIERS.find(({ name }) => name === view.with);
  const isBefore = view.with === "before";
  const than = isBefore ? rangeWords(view.range).before : (earlier?.than ?? "in the other time");
  return { before: isBefore ? "Before" : (earlier?.word ?? "Then"), after: "Now", than, inWords };
}

/** From when to when each side is. */
function spansWords({ before, after }: PerformanceComparison): string {
  const nowMs = Date.now();
  // The end goes without its day where it is that of the beginning.
  const span = ({ from, to }: typeof before) =>
    `${formatMoment(Date.parse(from), nowMs)} – ${formatMoment(Date.parse(to), Date.parse(from))}`;
  return `${span(after)}, with ${span(before)}; ${zoneWords()}`;
}
