import type { JobState, JobSummary, JobsFilter } from "@playhead/core";
import { useJobs } from "@playhead/react";
import { Suspense } from "react";
import { needsSomeone as alertNeedsSomeone } from "../../alerts/alert-words.ts";
import { useFiringAlerts } from "../../alerts/firing-alerts.ts";
import { Announcer } from "../../ui/announcer.tsx";
import { lazily } from "../../ui/lazily.ts";
import { needsSomeone } from "../../ui/liveness-words.ts";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { useAfterFirst } from "../../ui/use-after-first.ts";
import { useNow } from "../../ui/use-now.ts";
import { ErrorsByCause } from "./errors-by-cause.tsx";
import { FirstJob } from "./first-job.tsx";
import { NeedsYou } from "./needs-you.tsx";
import { overviewAnswer } from "./overview-answer.ts";
import { OverviewFigures } from "./overview-figures.tsx";
import { RecentJobs } from "./recent-jobs.tsx";
import { RunningJobs } from "./running-jobs.tsx";
import { WaitingKinds } from "./waiting-kinds.tsx";

/** Comes after what matters more: the charts weigh more than the rest of the page. */
const OverviewCharts = lazily(async () => (await import("./overview-charts.tsx")).OverviewCharts);

const LOADING_CHARTS = <Skeleton className="h-40 w-full" />;

const OPEN: JobsFilter = { state: ["running", "completing", "pausing", "paused", "canceling", "pending"], limit: 50 };
const RECENT: JobsFilter = { limit: 100 };
/** How many of the ended ones are shown here; the rest is on the page of all jobs. */
const RECENT_SHOWN = 12;

/** What is going on, and whether anyone is needed. */
export function OverviewPage() {
  const open = useJobs(OPEN);
  const recent = useJobs(RECENT);
  const nowMs = useNow(5_000);
  const isAfterFirst = useAfterFirst();
  const alerts = (useFiringAlerts().value?.alerts ?? []).filter(alertNeedsSomeone);
  const loaded = open.loaded && recent.loaded;
  if (!loaded) return <LoadingOverview />;
  if (open.jobs.length === 0 && recent.jobs.length === 0) return <FirstJob />;

  const openIds = new Set(open.jobs.map(({ job_id }) => job_id));
  const ended = recent.jobs.filter(({ job_id, ended_at }) => ended_at !== null && !openIds.has(job_id));
  const answer = overviewAnswer([...open.jobs, ...ended], alerts.length, nowMs);
  const sentence = [answer.running, answer.done, answer.needs].filter((part) => part !== null).join(", ");
  return (
    <Page
      title={answer.running}
      heading={
        <>
          {[answer.running, answer.done].filter((part) => part !== null).join(", ")},{" "}
          <span className={answer.needsSomeone ? "text-failed" : "text-faint"}>{answer.needs}</span>
        </>
      }
    >
      <Announcer topic={`${answer.running} ${answer.needs}`} message={sentence} />
      <div className="mt-8 grid gap-x-12 gap-y-10 wide:grid-cols-[minmax(0,1fr)_minmax(18rem,24rem)]">
        <div className="min-w-0 space-y-10">
          <NeedsYou alerts={alerts} unwell={answer.unwell} failed={answer.failed} nowMs={nowMs} />
          <RunningJobs
            jobs={open.jobs.filter((job) => !needsSomeone(job)).sort(byUrgency)}
            live={open.live}
            nowMs={nowMs}
          />
          <WaitingKinds />
          <Section title="Recent">
            <RecentJobs jobs={ended.slice(0, RECENT_SHOWN)} nowMs={nowMs} />
          </Section>
        </div>
        <div className="grid min-w-0 content-start gap-y-10">
          <OverviewFigures jobs={open.jobs} />
          <ErrorsByCause jobs={[...open.jobs, ...ended]} nowMs={nowMs} />
          <Suspense fallback={LOADING_CHARTS}>{isAfterFirst ? <OverviewCharts /> : LOADING_CHARTS}</Suspense>
        </div>
      </div>
    </Page>
  );
}

const RANKS: Readonly<Partial<Record<JobState, number>>> = {
  running: 0,
  completing: 0,
  canceling: 1,
  pausing: 2,
  paused: 2,
  pending: 3,
};

/** What is at work first, then what stands still, then what waits; within that, the newest first, as they came. */
function byUrgency(a: JobSummary, b: JobSummary): number {
  return (RANKS[a.state] ?? 4) - (RANKS[b.state] ?? 4);
}

function LoadingOverview() {
  return (
    <Page title="Overview" heading={<span className="sr-only">Overview</span>}>
      <p className="sr-only" role="status">
        Loading
      </p>
      <Skeleton className="h-9 w-96 max-w-full" />
      <div className="mt-8 grid gap-x-12 gap-y-10 wide:grid-cols-[minmax(0,1fr)_minmax(18rem,24rem)]">
        <div className="space-y-6">
          <Skeleton className="h-5 w-24" />
          <Skeleton className="h-16 w-full" />
          <Skeleton className="h-16 w-full" />
        </div>
        <Skeleton className="h-24 w-full" />
      </div>
    </Page>
  );
}
