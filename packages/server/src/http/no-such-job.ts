import { PlayheadError } from "@playhead/core";

/** For a job that is not there, and for another tenant's. */
export function noSuchJob(jobId: string): PlayheadError {
  return new PlayheadError("not_found", `there is no job ${jobId}`);
}
