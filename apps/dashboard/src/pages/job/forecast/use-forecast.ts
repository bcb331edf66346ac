import { isFinalJobState, type Job, type JobForecast, PlayheadError } from "@playhead/core";
import { useMemo } from "react";
import { client } from "../../../client.ts";
import { createPoll, usePoll } from "../../../ui/poll.ts";

const EVERY_MS = 2_000;
/** Of a job that has ended, what was told of it changes no more. */
const SELDOM_MS = 24 * 3_600_000;

/** What is expected of a job, read again every two seconds while it goes on; null before it has come, and where there is none. */
export function useForecast({ job_id: jobId, state }: Pick<Job, "job_id" | "state">): JobForecast | null {
  const isOpen = !isFinalJobState(state);
  const poll = useMemo(() => {
    let isMissing = false;
    const read = async (): Promise<JobForecast | null> => {
      if (isMissing) return null;
      try {
        return await client.api.ask<JobForecast>("GET", `jobs/${encodeURIComponent(jobId)}/forecast`);
      } catch (error) {
        // A server that knows no forecasts, or nothing more of the job, is asked once.
        isMissing = error instanceof PlayheadError && error.code === "not_found";
        if (isMissing) return null;
        throw error;
      }
    };
    return createPoll(read, { everyMs: isOpen ? EVERY_MS : SELDOM_MS });
  }, [jobId, isOpen]);
  return usePoll(poll).value;
}
