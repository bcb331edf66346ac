import type { JobSummary, Liveness } from "@playhead/core";
import { needsSomeone } from "../../ui/liveness-words.ts";
import { formatClock } from "../../ui/times.ts";

/** The page's one line: what is going on, when it is over, and whether anyone is needed. */
export interface OverviewAnswer {
  readonly running: string;
  readonly done: string | null;
  readonly needs: string;
  readonly needsSomeone: boolean;
  /** Not over, and not getting on by themselves. */
  readonly unwell: readonly JobSummary[];
  /** Failed within the last day. */
  readonly failed: readonly JobSummary[];
}

const DAY_MS = 24 * 3_600_000;
const AT_WORK = new Set<JobSummary["state"]>(["running", "completing"]);

/** Reads the answer off the newest jobs, and the number of alerts that fire and that nobody looks after. */
export function overviewAnswer(
  jobs: readonly JobSummary[],
  firing: number,
  nowMs: number,
  timeZone?: string,
): OverviewAnswer {
  const running = jobs.filter(({ state }) => AT_WORK.has(state));
  const failed = jobs.filter(
    ({ state, ended_at }) => state === "failed" && ended_at !== null && nowMs - Date.parse(ended_at) < DAY_MS,
  );
  const unwell = jobs.filter(needsSomeone);
  return {
    running: running.length === 0 ? "Nothing running" : `${running.length} running`,
    done: doneWhen(running, nowMs, timeZone),
    needs: needs(firing, unwell, failed.length),
    needsSomeone: firing + unwell.length + failed.length > 0,
    unwell,
    failed,
  };
}

/** `1 alert, 1 worker lost, 2 stalled, 3 failed in the last day`, worst first. */
function needs(firing: number, unwell: readonly JobSummary[], failedCount: number): string {
  const count = (liveness: Liveness) => unwell.filter((job) => job.liveness === liveness).length;
  const parts = [
    [firing, firing === 1 ? "alert" : "alerts"],
    [count("lost"), "worker lost"],
    [count("stuck"), "stuck"],
    [count("stalled"), "stalled"],
    [failedCount, "failed in the last day"],
  ] as const;
  const said = parts.filter(([many]) => many > 0).map(([many, word]) => `${many} ${word}`);
  return said.length === 0 ? "nothing needs you" : said.join(", ");
}

/** When the last of them is done; unknown while that of any is, or one does not get on by itself. */
function doneWhen(running: readonly JobSummary[], nowMs: number, timeZone: string | undefined): string | null {
  let likelyMs = 0;
  let latestMs = 0;
  for (const job of running) {
    const { progress } = job;
    if (progress.eta_ms === null || needsSomeone(job)) return null;
    likelyMs = Math.max(likelyMs, progress.eta_ms);
    latestMs = Math.max(latestMs, progress.eta_high_ms ?? progress.eta_ms);
  }
  if (running.length === 0) return null;
  // "By" promises; where the range is wide, only "around" is honest.
  const wide = latestMs > likelyMs * 1.5 && latestMs - likelyMs > 60_000;
  const zone = timeZone === undefined ? {} : { timeZone };
  return wide ? `done around ${formatClock(nowMs + likelyMs, zone)}` : `done by ${formatClock(nowMs + latestMs, zone)}`;
}
