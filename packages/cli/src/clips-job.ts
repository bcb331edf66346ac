import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Job, toErrorBody } from "@playhead/core";
import type { ClipsOptions, ClipsResult } from "@playhead/pipelines";
import type { Playhead } from "@playhead/sdk";
import type { Ending } from "./exit-codes.ts";
import type { Console } from "./terminal/console.ts";
import { span } from "./terminal/line.ts";
import type { JobSource } from "./view/job-source.ts";
import { type JobView, showJob } from "./view/show-job.ts";
import { summaryLines } from "./view/summary.ts";

export interface ClipsJobOptions {
  readonly playhead: Playhead;
  /** Where to look how the job stands. */
  readonly follow: (jobId: string) => JobSource;
  readonly clips: Omit<ClipsOptions, "signal" | "onJob">;
  readonly console: Console;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

interface Viewing {
  readonly source: JobSource;
  readonly view: JobView;
}

/** How long the view may lag behind the job's end. */
const VIEW_LAG_MS = 3_000;

/**
 * Cuts a video into clips as a job that is shown while it runs, and says what came of it.
 *
 * @throws PlayheadError for bad input, before there is a job
 */
export async function runClipsJob({
  playhead,
  follow,
  clips,
  console,
  nowMs,
  signal,
}: ClipsJobOptions): Promise<Ending> {
  // Loaded when it is needed: no other command has to wait for it.
  const { runClips } = await import("@playhead/pipelines");
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
    const result = await runClips(playhead, { ...clips, signal, onJob });
    await playhead.flush();
    const job = await lastView(viewing);
    sayResult(result, job, { clips, console, nowMs });
    return endingOfClips(result, signal.aborted);
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

/** How a command ends by what came of its clips. */
export function endingOfClips(
  { state, failed }: Pick<ClipsResult, "state" | "failed">,
  wasInterrupted: boolean,
): Ending {
  if (state === "canceled") return wasInterrupted ? "interrupted" : "failed";
  return state === "completed" && failed === 0 ? "ok" : "failed";
}

function sayResult(
  result: ClipsResult,
  job: Job | null,
  { clips, console, nowMs }: Pick<ClipsJobOptions, "clips" | "console" | "nowMs">,
): void {
  const { state, completed, failed, skipped, canceled, manifest } = result;
  const counts = `${completed} done, ${failed} failed, ${skipped} skipped, ${canceled} canceled`;
  const lines = job === null ? [`${basename(clips.input)}: ${state}, ${counts}`] : summaryLines(job, nowMs());
  for (const line of lines) console.say(line);
  if (state === "canceled")
    console.say(`Nothing is left half written${completed > 0 ? "; the clips that were done are kept" : ""}.`);
  if (completed + skipped > 0) console.say([span("  Clips     ", "faint"), span(clips.outDir)]);
  if (manifest !== null) console.say([span("  Manifest  ", "faint"), span(manifest)]);
  const error = result.error === null ? null : toErrorBody(result.error);
  console.emit({ type: "result", ...result, error, out: clips.outDir });
}
