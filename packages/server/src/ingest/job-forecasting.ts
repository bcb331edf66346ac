import type { EstimateEta, JobDraft, PlayheadEvent, Task } from "@playhead/core";

/** Who forecasts one job: is told of what happens to it, and says how far it is and when it is done. */
export interface JobForecasting {
  /** An event was folded in; `before` and `after` is the task that it is about. Cheap: it is thought about later. */
  folded(event: PlayheadEvent, before: Task | undefined, after: Task | undefined): void;
  /** @returns how far the bar is, 0..1, where `fraction` of all known work is done */
  shareAt(nowMs: number, fraction: number): number;
  /** When it is done, as it was forecast last. */
  readonly estimate: EstimateEta;
  /** The job leaves memory. */
  close(): void;
}

/** Who forecasts jobs. */
export interface Forecasting {
  /**
   * Begins to follow a job.
   *
   * @param say has the job's progress said, soon
   */
  open(job: JobDraft, say: () => void): JobForecasting;
}
