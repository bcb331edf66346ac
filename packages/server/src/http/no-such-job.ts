import { PlayheadError } from "@playhead/core";

/** The answer for a job that is not there, and for one that the caller may not know of: they must not differ. */
export function noSuchJob(jobId: string): PlayheadError {
  return new PlayheadError("not_found", `there is no job ${jobId}`);
}
