import type { JobState, Liveness } from "@playhead/core";
import type { Bus } from "../bus/bus.ts";
import type { PipelineReading } from "./checks/processing-pipeline.ts";

export interface PipelineWatchDeps {
  readonly bus: Pick<Bus, "subscribeAll">;
  /** Those that have not ended. */
  readonly openJobs: () => Iterable<{ readonly state: JobState; readonly liveness: Liveness }>;
  readonly nowMs: () => number;
}

const MINUTE_MS = 60_000;
/** What ended longer ago says nothing of how things are. */
const MINUTES = 60;

/** Counts how jobs end, minute by minute for an hour, of all tenants; and looks how those are that have not. */
export function watchPipeline({ bus, openJobs, nowMs }: PipelineWatchDeps) {
  /** By minutes since 1970, oldest first. */
  const ended = new Map<number, { all: number; failed: number }>();

  bus.subscribeAll((publications) => {
    for (const { content } of publications) {
      if (!("type" in content)) continue;
      if (content.type === "job.completed" || content.type === "job.failed") note(content.type === "job.failed");
    }
  });

  function note(isFailed: boolean): void {
    const minute = Math.floor(nowMs() / MINUTE_MS);
    const counts = ended.get(minute) ?? { all: 0, failed: 0 };
    counts.all += 1;
    counts.failed += Number(isFailed);
    ended.set(minute, counts);
    forget(minute);
  }

  function forget(minute: number): void {
    for (const each of ended.keys()) if (each <= minute - MINUTES) ended.delete(each);
  }

  return (): PipelineReading => {
    forget(Math.floor(nowMs() / MINUTE_MS));
    const reading = { ended: 0, failed: 0, running: 0, slow: 0, stalled: 0, stuck: 0, lost: 0 };
    for (const { all, failed } of ended.values()) {
      reading.ended += all;
      reading.failed += failed;
    }
    for (const { state, liveness } of openJobs()) {
      if (state !== "pending") reading.running += 1;
      if (liveness !== "ok") reading[liveness] += 1;
    }
    return reading;
  };
}
