import { serverNowMs } from "@playhead/client";
import { formatPercent, speakEta } from "@playhead/client/format";
import { isFinalJobState, type Job } from "@playhead/core";
import { type UseJobResult, useJob } from "@playhead/react";
import { useMemo, useRef } from "react";
import { Announcer } from "../../ui/announcer.tsx";
import { LivenessNote } from "../../ui/liveness-note.tsx";
import { Page } from "../../ui/page.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { lookOfJob } from "../../ui/state-mark.tsx";
import { DESK, useMedia } from "../../ui/use-media.ts";
import { useNow } from "../../ui/use-now.ts";
import { JobControls } from "./job-controls.tsx";
import { JobErrors } from "./job-errors.tsx";
import { JobByline, JobHead } from "./job-head.tsx";
import { JobLink, JobMissing } from "./job-missing.tsx";
import { JobParts } from "./job-parts.tsx";
import { LogConsole } from "./log-console.tsx";
import { RetryControl } from "./retry-control.tsx";
import { ShareButton } from "./share-button.tsx";
import { Timeline } from "./timeline.tsx";
import { TrackInspector } from "./track-inspector.tsx";
import { branchesOf, withoutTrunk } from "./tracks.ts";
import { useChosen } from "./use-chosen.ts";
import { WaitingNote } from "./waiting-note.tsx";

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
  job,
  live,
  connection,
  logs,
  loadOlderLogs,
  heardAtMs,
  clockOffsetMs,
  tasksTotal,
}: UseJobResult & { readonly job: Job }) {
  const ended = isFinalJobState(job.state);
  const clockMs = useNow(ended ? null : PACE_MS);
  // What is no longer live stands where it was last heard of.
  const lostAtMs = "lostAtMs" in connection ? (connection.lostAtMs ?? heardAtMs) : null;
  const nowMs = serverNowMs(live ? clockMs : (lostAtMs ?? clockMs), clockOffsetMs);
  const branches = useMemo(() => withoutTrunk(branchesOf(job)), [job]);
  const [chosen, setChosen] = useChosen();
  const timeline = useRef<HTMLElement>(null);
  const desk = useMedia(DESK);
  const show = (taskId: string) => {
    setChosen({ taskId, segment: null });
    timeline.current?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  };
  const { word } = lookOfJob(job);
  const percent = formatPercent(job.progress.percent_complete);

  return (
    <Page
      title={`${ended ? word : percent} · ${job.title}`}
      heading={job.title}
      headingClassName="text-20 font-semibold tracking-tight wrap-anywhere"
      above={<JobLink />}
      below={<JobByline job={job} />}
      actions={
        <>
          <ShareButton job={job} />
          {ended ? <RetryControl job={job} live={live} /> : <JobControls job={job} live={live} />}
        </>
      }
    >
      <Announcer
        topic={`${job.state} ${job.liveness}`}
        message={[`${job.title}: ${word}`, percent, ended ? null : speakEta(job.progress)]
          .filter((part) => part !== null)
          .join(", ")}
      />
      <JobHead job={job} nowMs={nowMs} live={live} />
      <LivenessNote job={job} />
      <WaitingNote job={job} />
      <JobErrors job={job} nowMs={nowMs} onShow={desk ? show : null} />
      {desk && branches.length > 0 && (
        <section ref={timeline} aria-label="Timeline" className="mt-8 scroll-mt-14">
          <Timeline
            job={job}
            branches={branches}
            nowMs={nowMs}
            isPartial={tasksTotal > job.tasks.size}
            live={live}
            chosen={chosen}
            onChoose={setChosen}
          />
          <TrackInspector job={job} chosen={chosen} nowMs={nowMs} />
        </section>
      )}
      <div className="mt-8 grid gap-x-8 gap-y-10 wide:grid-cols-[minmax(0,1fr)_minmax(24rem,34rem)]">
        <JobParts job={job} branches={branches} tasksTotal={tasksTotal} nowMs={nowMs} />
        <LogConsole job={job} logs={logs} onLoadOlder={loadOlderLogs} />
      </div>
    </Page>
  );
}

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
