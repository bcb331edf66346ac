import { rmdir } from "node:fs/promises";
import type { JobHandle, Playhead } from "@playhead/sdk";
import { endOfJob, type JobEnd, jobFieldsOf } from "../media/end-of-job.ts";
import { createFatalStop } from "../media/fatal-stop.ts";
import { createFfmpegGauges } from "../media/ffmpeg-gauges.ts";
import { announceManifest } from "../media/output-folder.ts";
import { canceledCount, tellMade } from "../media/tell-made.ts";
import type { BulkOptions } from "./bulk-options.ts";
import type { BulkRun } from "./bulk-run.ts";
import type { VideoEntry } from "./journal.ts";
import { createLimitWatch } from "./limits/limit-watch.ts";
import { makeVideos } from "./make-videos.ts";
import { prepare } from "./prepare.ts";
import { summaryOf } from "./summary.ts";
import { finishedVideos } from "./tally.ts";

/** How a run of `runBulk` ended. */
export interface BulkResult {
  readonly job_id: string;
  readonly state: "completed" | "failed" | "canceled";
  readonly completed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly canceled: number;
  /** What is in the output folder of this job, as the rows come: made now, or found finished. */
  readonly videos: readonly VideoEntry[];
  /** Path of the journal; null when there is no video. */
  readonly manifest: string | null;
  /** What ended the job, when it failed; null otherwise. */
  readonly error: unknown;
}

/** Errors after which no other row could succeed either: they end the job (SPEC §13). */
const FATAL: ReadonlySet<string> = new Set([
  ...["disk_full", "output_unwritable", "ffmpeg_missing", "ffmpeg_unsuitable", "provider_refused"],
]);

/**
 * Makes a video of each row, several at a time, each watched by Playhead. What a run before has finished is skipped; a row
 * that fails costs its video only. When it returns, nothing runs any more, and no file is half written.
 *
 * @throws PlayheadError for what cannot be worked on, before there is a job; a job that fails later resolves with
 * `state: "failed"`
 */
export async function runBulk(playhead: Playhead, options: BulkOptions): Promise<BulkResult> {
  let announced: JobHandle | null = null;
  return withRun(
    playhead,
    options,
    () => announced,
    async (run) => {
      const job = announceJob(playhead, options, run);
      announced = job;
      return resultOf(await endOfJob(job, options, () => work(job, run)), run);
    },
  );
}

/**
 * The same inside of a job that runs already, such as one that the server has started here.
 *
 * @returns the summary of the job
 * @throws PlayheadError what ends the job
 */
export function runBulkIn(
  playhead: Playhead,
  job: JobHandle,
  options: Omit<BulkOptions, "jobId" | "title" | "userId" | "onJob">,
): Promise<Record<string, unknown>> {
  return withRun(
    playhead,
    options,
    () => job,
    (run) => {
      // It was announced by somebody who did not say so.
      if (options.rate !== undefined) job.update({ rate: options.rate });
      return work(job, run);
    },
  );
}

async function withRun<Result>(
  playhead: Playhead,
  options: BulkOptions,
  jobOf: () => JobHandle | null,
  make: (run: BulkRun) => Promise<Result>,
): Promise<Result> {
  const watch = createLimitWatch(
    (said) => jobOf()?.update(said),
    () => performance.now(),
  );
  const prepared = await prepare(options, watch);
  const gauges = createFfmpegGauges(playhead.gauge, prepared.slots, () => performance.now());
  const tally = { planned: prepared.items, made: [], found: [], failed: [] };
  const run: BulkRun = {
    ...prepared,
    slots: gauges.slots,
    gauges,
    options,
    watch,
    tally,
    stop: createFatalStop("video", FATAL),
  };
  try {
    return await make(run);
  } finally {
    gauges.end();
    await run.journal.close();
    if (run.isNewFolder) await rmdir(run.outDir).catch(() => undefined);
  }
}

function announceJob(playhead: Playhead, options: BulkOptions, { name, items, template }: BulkRun): JobHandle {
  const { width, height } = template.video;
  return playhead.job({
    kind: "bulk",
    title: options.title ?? name,
    metadata: {
      rows: name,
      videos: items.length,
      width,
      height,
      ...(options.rate !== undefined && { rate: options.rate }),
    },
    ...jobFieldsOf(options),
  });
}

/** The job's own work. @returns its summary */
async function work(job: JobHandle, run: BulkRun): Promise<Record<string, unknown>> {
  const startMs = performance.now();
  const { tally } = run;
  await makeVideos(job, run);
  const [firstFailure] = tally.failed;
  if (firstFailure !== undefined && tally.made.length + tally.found.length === 0) throw firstFailure.error;
  await announceManifest(job, run.journal.path, "application/x-ndjson", run);
  const summary = summaryOf(tally, performance.now() - startMs);
  tellMade(job, tally, summary);
  return summary;
}

function resultOf({ job_id, state, error }: JobEnd, { tally, journal }: BulkRun): BulkResult {
  const videos = finishedVideos(tally);
  return {
    ...{ job_id, state, error },
    completed: tally.made.length,
    failed: tally.failed.length,
    skipped: tally.found.length,
    canceled: canceledCount(tally),
    videos,
    manifest: videos.length > 0 ? journal.path : null,
  };
}
