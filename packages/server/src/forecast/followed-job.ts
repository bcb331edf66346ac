import {
  type CalibratedForecast,
  createJobForecaster,
  createShownEta,
  type ForecasterBasis,
  type ForecastHistory,
  type ItemForecast,
  isFinalJobState,
  isJobState,
  type Job,
  type JsonObject,
} from "@playhead/core";
import { declaredRateOf } from "./declared-rate.ts";
import type { JobChange } from "./job-changes.ts";
import { createJobClock } from "./job-clock.ts";
import { createJobItems } from "./job-items.ts";

/** A job as a forecaster sees it, fed with what happens to it. */
export interface FollowedJob {
  take(change: JobChange): void;
  /** Active seconds of the job by now. */
  activeSec(nowMs: number): number;
  /** What is to be shown of when it is done. */
  ask(nowMs: number): CalibratedForecast;
  basis(): ForecasterBasis;
  /** The first open items that are tasks, and what is expected of them. */
  tasks(nowMs: number, limit: number): readonly (Omit<ItemForecast, "item"> & { readonly taskId: string })[];
  /** How many past jobs of its kind taught its history, when it began. */
  readonly pastJobs: number;
  /** The job has completed, and has taught its history. */
  readonly hasTaught: boolean;
}

/** How many run at a time, where a job's metadata say so. */
const SLOT_NAMES = ["parallel", "concurrency", "slots"];

export function createFollowedJob(job: Pick<Job, "kind" | "metadata">, history: ForecastHistory): FollowedJob {
  const { metadata } = job;
  const slots = SLOT_NAMES.map((name) => metadata[name]).find(isCount) ?? null;
  const forecaster = createJobForecaster({ history, template: job.kind, slots });
  const items = createJobItems(job, forecaster);
  const clock = createJobClock();
  const shown = createShownEta();
  let hasTaught = false;
  pace(metadata.rate);

  function pace(said: unknown): void {
    const rate = declaredRateOf(said);
    if (rate !== null) forecaster.paced(rate);
  }

  function changeState({ new_state: state }: JsonObject, activeSec: number): void {
    if (!isJobState(state)) return;
    clock.run(state !== "pending" && state !== "paused" && !isFinalJobState(state));
    if (state !== "completed" || hasTaught) return;
    items.ended(activeSec);
    forecaster.finish(activeSec);
    hasTaught = true;
  }

  function changeLimit(data: JsonObject, activeSec: number): void {
    pace(data.rate);
    if (typeof data.rate_limited !== "boolean") return;
    const waitSec = data.rate_limited && isCount(data.retry_after_ms) ? data.retry_after_ms / 1_000 : 0;
    forecaster.limited(activeSec, activeSec + waitSec);
    forecaster.held(data.rate_limited, activeSec);
  }

  return {
    take(change) {
      const eventMs = Date.parse(change.ts);
      if (!Number.isFinite(eventMs)) return;
      const activeSec = clock.at(eventMs, change.heardMs);
      if (!("after" in change)) {
        if (change.type === "job.state_changed") changeState(change.data, activeSec);
        else changeLimit(change.data, activeSec);
      } else if (!hasTaught) items.changed(change.before, change.after, activeSec);
    },
    activeSec: clock.ask,
    ask(nowMs) {
      const activeSec = clock.ask(nowMs);
      return shown.show(activeSec, forecaster.forecast(activeSec));
    },
    basis: forecaster.basis,
    pastJobs: forecaster.basis().jobs,
    tasks(nowMs, limit) {
      return forecaster.outlook(clock.ask(nowMs), limit).flatMap(({ item, ...outlook }) => {
        const taskId = items.taskOf(item);
        return taskId === null ? [] : [{ ...outlook, taskId }];
      });
    },
    get hasTaught() {
      return hasTaught;
    },
  };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && value >= 1 && Number.isFinite(value);
}
