import type { JsonObject } from "@playhead/core";
import type { Importance } from "./record-queue.ts";

/** Whose records were lost: a job's, or of no job. */
export type Loser = string | null;

/** What was lost of one job. */
interface Losses {
  logs: number;
  steps: number;
  facts: number;
}

/** Counts what had to be dropped, until it can be reported. */
export interface DropTally {
  count(jobId: Loser, importance: Importance): void;
  isEmpty(): boolean;
  /** Takes out what was lost of a job, as the data of a log line; null when nothing was. */
  takeReport(jobId: Loser): JsonObject | null;
  jobIds(): readonly Loser[];
}

export function createDropTally(): DropTally {
  const byJob = new Map<Loser, Losses>();
  return {
    count(jobId, importance) {
      const losses = byJob.get(jobId) ?? { logs: 0, steps: 0, facts: 0 };
      byJob.set(jobId, losses);
      if (importance === "log") losses.logs += 1;
      else if (importance === "step") losses.steps += 1;
      else losses.facts += 1;
    },
    isEmpty: () => byJob.size === 0,
    takeReport(jobId) {
      const losses = byJob.get(jobId);
      if (losses === undefined) return null;
      byJob.delete(jobId);
      const { logs, steps, facts } = losses;
      return {
        level: "warning",
        message:
          jobId === null
            ? `the server was away for too long: ${logs} log lines of no job were dropped`
            : `the server was away for too long: ${logs} log lines, ${steps} step changes and ${facts} task events of this job were dropped`,
        fields: { dropped_logs: logs, dropped_step_changes: steps, dropped_task_events: facts },
      };
    },
    jobIds: () => [...byJob.keys()],
  };
}
