import { setTimeout as delay } from "node:timers/promises";
import { type Job, toErrorBody } from "@playhead/core";
import type { Playhead } from "@playhead/sdk";
import type { Ending } from "./exit-codes.ts";
import type { Console } from "./terminal/console.ts";
import { type Line, span } from "./terminal/line.ts";
import type { JobSource } from "./view/job-source.ts";
import { type JobView, showJob } from "./view/show-job.ts";
import { summaryLines } from "./view/summary.ts";

/** What a command's pipeline works with, and is shown by. */
export interface PipelineView {
  readonly playhead: Playhead;
  /** Where to look how the job stands. */
  readonly follow: (jobId: string) => JobSource;
  readonly console: Console;
  readonly nowMs: () => number;
  /** Cancels the job. */
  readonly signal: AbortSignal;
}

/** How a pipeline ended. */
export interface PipelineResult {
  readonly state: "completed" | "failed" | "canceled";
  readonly completed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly canceled: number;
  /** What ended the job, when it failed; null otherwise. */
  readonly error: unknown;
}

export interface PipelineJobOptions<Result extends PipelineResult> extends PipelineView {
  /** Does the work; `onJob` is called as soon as there is a job. */
  readonly run: (hooks: { readonly signal: AbortSignal; readonly onJob: (jobId: string) => void }) => Promise<Result>;
  /** What it is about, for people. */
  readonly title: string;
  /** What else is to be said of the result: where it lies. */
  readonly results: (result: Result) => readonly Line[];
}

interface Viewing {
  readonly source: JobSource;
  readonly view: JobView;
}

/** How long the view may lag behind the job's end. */
const VIEW_LAG_MS = 3_000;

/**
 * Runs a pipeline as a job that is shown while it runs, and says what came of it.
 *
 * @throws PlayheadError for bad input, before there is a job
 */
export async function runPipelineJob<Result extends PipelineResult>(
  options: PipelineJobOptions<Result>,
): Promise<Ending> {
  const { playhead, follow, console, nowMs, signal, run } = options;
  let viewing: Promise<Viewing> | null = null;
  const view = async (jobId: string): Promise<Viewing> => {
    // Until it is stored there is no such job.
    await playhead.flush();
    const source = follow(jobId);
    return { source, view: showJob({ source, jobId, console, nowMs, tell: "everything" }) };
  };
  const sayCanceling = () =>
    console.say("Canceling: what runs is ended, what is done is kept. Ctrl-C again ends at once.");
  signal.addEventListener("abort", sayCanceling, { once: true });
  try {
    const onJob = (jobId: string) => {
      viewing = view(jobId);
    };
    const result = await run({ signal, onJob });
    await playhead.flush();
    const job = await lastView(viewing);
    sayResult(result, job, options);
    return endingOfPipeline(result, signal.aborted);
  } finally {
    signal.removeEventListener("abort", sayCanceling);
    const shown = await (viewing as Promise<Viewing> | null);
    shown?.view.stop();
    shown?.source.close();
  }
}

/** The job as it was seen at its end. */
async function lastView(viewing: Promise<Viewing> | null): Promise<Job | null> {
  if (viewing === null) return null;
  const { view } = await viewing;
  await Promise.race([view.ended.catch(() => undefined), delay(VIEW_LAG_MS, undefined, { ref: false })]);
  return view.stop();
}

/** How a command ends by what came of its items. */
export function endingOfPipeline(
  { state, failed }: Pick<PipelineResult, "state" | "failed">,
  wasInterrupted: boolean,
): Ending {
  if (state === "canceled") return wasInterrupted ? "interrupted" : "failed";
  return state === "completed" && failed === 0 ? "ok" : "failed";
}

function sayResult<Result extends PipelineResult>(
  result: Result,
  job: Job | null,
  { title, results, console, nowMs }: Pick<PipelineJobOptions<Result>, "title" | "results" | "console" | "nowMs">,
): void {
  const { state, completed, failed, skipped, canceled } = result;
  const counts = `${completed} done, ${failed} failed, ${skipped} skipped, ${canceled} canceled`;
  const lines = job === null ? [`${title}: ${state}, ${counts}`] : summaryLines(job, nowMs());
  for (const line of lines) console.say(line);
  if (state === "canceled")
    console.say(`Nothing is left half written${completed > 0 ? "; what was done is kept" : ""}.`);
  for (const line of results(result)) console.say(line);
  const error = result.error === null ? null : toErrorBody(result.error);
  console.emit({ type: "result", ...result, error });
}

/** A line of what came of it: `  Clips     playhead-clips/talk`. */
export function resultLine(label: string, value: string): Line {
  return [span(`  ${label.padEnd(10)}`, "faint"), span(value)];
}
