import type { Overview } from "@playhead/client";
import type { JobSummary } from "@playhead/core";
import { useEffect } from "react";
import { client } from "../client.ts";
import { createPoll, usePoll } from "./poll.ts";

/** After a change they are counted again at once, but no oftener than this. */
const REST_MS = 1_000;

const poll = createPoll(() => client.api.overview());

/** Whoever comes has them read at once. */
let lastMs = performance.now();
let waiting: ReturnType<typeof setTimeout> | undefined;

function countAgain(): void {
  if (waiting !== undefined) return;
  waiting = setTimeout(
    () => {
      waiting = undefined;
      lastMs = performance.now();
      void poll.refresh();
    },
    Math.max(0, lastMs + REST_MS - performance.now()),
  );
}

/**
 * The figures of the whole server; null before they have come.
 *
 * @param jobs those that are followed: when one of them comes, or its state changes, the figures are counted again
 */
export function useOverview(jobs: readonly Pick<JobSummary, "job_id" | "state">[]): Overview | null {
  const standing = jobs.map(({ job_id, state }) => `${job_id} ${state}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the change that counts
  useEffect(countAgain, [standing]);
  return usePoll(poll).value;
}
