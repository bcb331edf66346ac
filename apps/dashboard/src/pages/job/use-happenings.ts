import type { Alert, Job } from "@playhead/core";
import { useMemo } from "react";
import { client } from "../../client.ts";
import { usePolled } from "../../ui/poll.ts";
import { type Happenings, happeningsOf, type Marker, markersOf } from "./happenings.ts";
import type { ShownJob } from "./moment/use-shown-job.ts";

/** What happened in a job's life, as far as it has been read, and what of it the axis marks. */
export function useHappenings(
  current: Job,
  { history, factCount }: Pick<ShownJob, "history" | "factCount">,
): { readonly happenings: Happenings; readonly markers: readonly Marker[] } {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the history grows, and its count says so
  const happenings = useMemo(() => happeningsOf(history.facts), [history, factCount]);
  const { value } = usePolled(`alerts ${current.job_id}`, () =>
    client.api.ask<{ readonly alerts: readonly Alert[] }>("GET", "alerts", { query: { job_id: current.job_id } }),
  );
  const alerts = value?.alerts;
  const { errors } = current;
  const markers = useMemo(() => markersOf(happenings, { errors }, alerts ?? []), [happenings, errors, alerts]);
  return { happenings, markers };
}
