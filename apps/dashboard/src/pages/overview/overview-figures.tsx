import { formatRate } from "@playhead/client/format";
import type { JobSummary } from "@playhead/core";
import { Figure } from "../../ui/figure.tsx";
import { useOverview } from "../../ui/use-overview.ts";

/** The figures of the whole server. */
export function OverviewFigures({ jobs }: { readonly jobs: readonly JobSummary[] }) {
  const overview = useOverview(jobs);
  const running = jobs.filter(({ state }) => state === "running");
  const rate = running.reduce((sum, { progress }) => sum + (progress.items_per_minute ?? 0), 0);
  const waiting = jobs.filter(({ state }) => state === "pending").length;
  return (
    <dl className="m-0 grid grid-cols-2 gap-x-8 gap-y-5">
      <Figure label="Running" value={running.length} note={waiting > 0 ? `${waiting} waiting` : null} />
      <Figure
        label="Throughput"
        value={rate === 0 ? "–" : formatRate(rate)}
        unit={rate === 0 ? undefined : "items a minute"}
      />
      <Figure label="Jobs, last 24 h" value={overview?.jobs_last_24h ?? "–"} />
      <Figure
        label="Failed jobs, last 24 h"
        value={overview?.errors_last_24h ?? "–"}
        tone={(overview?.errors_last_24h ?? 0) > 0 ? "failed" : "plain"}
      />
    </dl>
  );
}
