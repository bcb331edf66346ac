import type { JobsFilter } from "@playhead/core";
import { useJobs } from "@playhead/react";

const NEWEST: JobsFilter = { limit: 1 };

/** Keeps the connection on pages that follow no job, so that the bar at the top can tell whether the server is there. */
export function StayConnected(): null {
  useJobs(NEWEST);
  return null;
}
