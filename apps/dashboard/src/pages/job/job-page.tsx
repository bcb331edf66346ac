import { serverNowMs } from "@playhead/client";
import { formatPercent, speakEta } from "@playhead/client/format";
import { isFinalJobState, type Job } from "@playhead/core";
import { type UseJobResult, useJob } from "@playhead/react";
import { memo, Suspense, useMemo, useRef } from "react";
import { Announcer } from "../../ui/announcer.tsx";
import { createChartGroup } from "../../ui/chart/chart-group.ts";
import { lazily } from "../../ui/lazily.ts";
import { LivenessNote } from "../../ui/liveness-note.tsx";
import { Page } from "../../ui/page.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { lookOfJob } from "../../ui/state-mark.tsx";
import { useAfterFirst } from "../../ui/use-after-first.ts";
import { DESK, useMedia } from "../../ui/use-media.ts";
import { useNow } from "../../ui/use-now.ts";
import { SegmentCalls } from "./flame/segment-calls.tsx";
import { useForecast } from "./forecast/use-forecast.ts";
import { JobControls } from "./job-controls.tsx";
import { JobErrors } from "./job-errors.tsx";
import { JobByline, JobHead } from "./job-head.tsx";
import { JobLink, JobMissing } from "./job-missing.tsx";
import { JobParts } from "./job-parts.tsx";
import { LogConsole } from "./log-console.tsx";
import { useLogAt } from "./moment/log-at.ts";
import { Scrubber } from "./moment/scrubber.tsx";
import { useShownJob } from "./moment/use-shown-job.ts";
import { RetryControl } from "./retry-control.tsx";
import { ShareButton } from "./share-button.tsx";
import { Timeline } from "./timeline.tsx";
import { TimelineBar } from "./timeline-bar.tsx";
import { TrackInspector } from "./track-inspector.tsx";
import { branchesOf, withoutTrunk } from "./tracks.ts";
import { useChosen } from "./use-chosen.ts";
import { useHappenings } from "./use-happenings.ts";
import { WaitingNote } from "./waiting-note.tsx";

/** Charts are fetched when there is room for them. */
const Resources = lazily(async () => (await import("./resources/resources.tsx")).Resources);

/** How often the playhead moves on; between two places it glides. */
const PACE_MS = 250;

/** One job, live. */
export function JobPage({ jobId }: { readonly jobId: string }) {
  const result = useJob(jobId, { logs: true });
  if (result.job !== null) return <LoadedJob {...result} job={result.job} />;
  if (result.error !== null) return <JobMissing jobId={jobId} error={result.error} />;
  return <LoadingJob jobId={jobId} />;
}

function LoadedJob({
  job: current,
  live,
  connection,
  logs,
  loadOlderLogs,
  heardAtMs,
  clockOffsetMs,
  tasksTotal,
}: UseJobResult & { readonly job: Job }) {
  const ended = isFinalJobState(current.state);
  const clockMs = useNow(ended ? null : PACE_MS);
  // What is no longer live stands where it was last heard of.
  const lostAtMs = "lostAtMs" in connection ? (connection.lostAtMs ?? heardAtMs) : null;
  const nowMs = serverNowMs(live ? clockMs : (lostAtMs ?? clockMs), clockOffsetMs);
  const shown = useShownJob(current, nowMs);
  const { job, atMs, shownMs, playhead, range, view } = shown;
  const isPast = atMs !== null;
  const branches = useMemo(() => withoutTrunk(branchesOf(job)), [job]);
  const shownLogs = useLogAt(logs, atMs, loadOlderLogs);
  const [chosen, setChosen] = useChosen();
  const timeline = useRef<HTMLElement>(null);
  const desk = useMedia(DESK);
  const isAfterFirst = useAfterFirst();
  const show = (taskId: string) => {
    setChosen({ taskId, segment: null });
    timeline.current?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  };
  const forecast = useForecast(current);
  const group = useMemo(() => createChartGroup(), []);
  const { happenings, markers } = useHappenings(current, shown);
  const { word } = lookOfJob(current);
  const percent = formatPercent(current.progress.percent_complete);
  const total = isPast ? job.tasks.size : tasksTotal;

  return (
    <Page
      title={`${ended ? word : percent} · ${current.title}`}
      heading={current.title}
      headingClassName="text-20 font-semibold tracking-tight wrap-anywhere"
      above={<JobLink />}
      below={<JobByline job={job} />}
      actions={
        <>
          <ShareButton job={current} />
          {ended ? <RetryControl job={current} live={live} /> : <JobControls job={current} live={live} />}
        </>
      }
    >
      <Announcer
        topic={`${current.state} ${current.liveness}`}
        message={[`${current.title}: ${word}`, percent, ended ? null : speakEta(current.progress)]
          .filter((part) => part !== null)
          .join(", ")}
      />
      <JobHead job={job} nowMs={shownMs} live={live && !isPast} />
      <LivenessNote job={job} />
      {!isPast && <WaitingNote job={job} />}
      <JobErrors job={job} nowMs={shownMs} onShow={desk ? show : null} />
      {desk && current.tasks.size > 0 && (
        <section ref={timeline} aria-label="Timeline" className="mt-8 scroll-mt-14">
          <TimelineBar shown={shown} nowMs={nowMs} />
          {branches.length > 0 && (
            <Timeline
              job={job}
              branches={branches}
              view={view}
              originMs={range.startMs}
              shownMs={shownMs}
              headMs={playhead.atMs ?? range.endMs}
              headLook={playhead.atMs !== null ? "past" : ended ? "end" : live ? "now" : "stale"}
              lastMs={range.endMs}
              onSeek={playhead.seek}
              forecast={forecast}
              happenings={happenings}
              markers={markers}
              group={group}
              isPartial={total > job.tasks.size}
              chosen={chosen}
              onChoose={setChosen}
            />
          )}
          <TrackInspector job={job} chosen={chosen} nowMs={shownMs} />
          <SegmentCalls job={job} chosen={chosen} view={view} originMs={range.startMs} nowMs={shownMs} />
          {isAfterFirst && (
            <Suspense fallback={null}>
              <Resources job={current} range={range} view={view} atMs={playhead.atMs} group={group} />
            </Suspense>
          )}
        </section>
      )}
      {isAfterFirst && (
        <div className="mt-8 grid gap-x-8 gap-y-10 max-desk:pb-20 wide:grid-cols-[minmax(0,1fr)_minmax(24rem,34rem)]">
          <Parts job={job} branches={branches} tasksTotal={total} nowMs={shownMs} />
          <Log job={job} logs={shownLogs} onLoadOlder={loadOlderLogs} onMoment={playhead.seek} />
        </div>
      )}
      {!desk && current.started_at !== null && (
        <Scrubber playhead={playhead} range={range} nowMs={nowMs} isOpen={!ended} />
      )}
    </Page>
  );
}

/** What stays as it is while only the playhead moves is not drawn again. */
const Parts = memo(JobParts);
const Log = memo(LogConsole);

/** The page before the job has come: everything has its place. */
function LoadingJob({ jobId }: { readonly jobId: string }) {
  return (
    <Page
      title={jobId}
      heading={jobId}
      headingClassName="text-20 font-semibold tracking-tight text-faint"
      above={<JobLink />}
    >
      <p className="sr-only" role="status">
        Loading the job
      </p>
      <div className="mt-4 space-y-4">
        <Skeleton className="h-11 w-72 max-w-full" />
        <Skeleton className="h-1.5 w-full" />
      </div>
      <div className="mt-12 space-y-3">
        {[72, 46, 58, 34, 64, 40].map((width) => (
          <div key={width} className="flex gap-8">
            <Skeleton className="h-5 w-44 shrink-0" />
            <Skeleton className={`h-5 ${WIDTHS[width]}`} />
          </div>
        ))}
      </div>
    </Page>
  );
}

const WIDTHS: Readonly<Record<number, string>> = {
  72: "w-[72%]",
  46: "w-[46%]",
  58: "w-[58%]",
  34: "w-[34%]",
  64: "w-[64%]",
  40: "w-[40%]",
};
