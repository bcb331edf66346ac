import { isFinalJobState, type Job, type JobForecast } from "@playhead/core";
import { client } from "../../client.ts";
import { usePolled } from "../../ui/poll.ts";

/** Why one may believe when it is done: what past work says of it, and whether it is slower than that. */
export function JobBasis({ job }: { readonly job: Job }) {
  // What is being canceled will not be done: nothing of it is expected any more.
  const isOver = isFinalJobState(job.state) || job.state === "canceling";
  const isForecast = job.started_at !== null && !isOver && job.progress.eta_ms !== null;
  return isForecast ? <Basis jobId={job.job_id} /> : null;
}

function Basis({ jobId }: { readonly jobId: string }) {
  const { value } = usePolled(`forecast of ${jobId}`, () =>
    client.api.ask<JobForecast>("GET", `jobs/${encodeURIComponent(jobId)}/forecast`),
  );
  // Without it the ETA still stands; there is nothing to be done about it here.
  if (value === null || value.finish === null) return null;
  const { grounds, pace } = partsOf(value.explanation.charAt(0).toUpperCase() + value.explanation.slice(1));
  return (
    <p className="w-full text-13 text-soft">
      {grounds}
      {pace !== null && (
        <>
          {grounds !== "" && "; "}
          <span className={/^slower/i.test(pace) ? "font-medium text-paused" : undefined}>{pace}</span>
        </>
      )}
    </p>
  );
}

/** The sentence, and apart from it what it says of the job's pace. */
export function partsOf(explanation: string): { readonly grounds: string; readonly pace: string | null } {
  const parts = explanation.split("; ");
  const isPace = (part: string) => /^(slower|faster) than usual/i.test(part);
  const pace = parts.find(isPace) ?? null;
  return { grounds: parts.filter((part) => !isPace(part)).join("; "), pace };
}
