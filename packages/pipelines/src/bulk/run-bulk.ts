import { rmdir, stat } from "node:fs/promises";
import { type JobHandle, type Playhead, PlayheadError } from "@playhead/sdk";
import { createFatalStop } from "../media/fatal-stop.ts";
import { createFfmpegGauges } from "../media/ffmpeg-gauges.ts";
import { secondsWords } from "../media/words.ts";
import { linkTo } from "./announce-video.ts";
import type { BulkOptions } from "./bulk-options.ts";
import type { BulkRun } from "./bulk-run.ts";
import { JOURNAL_NAME, type VideoEntry } from "./journal.ts";
import { createLimitWatch } from "./limits/limit-watch.ts";
import { makeVideos } from "./make-videos.ts";
import { prepare } from "./prepare.ts";
import { summaryOf } from "./summary.ts";
import { canceledCount, finishedVideos } from "./tally.ts";

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
      let error: unknown = null;
      try {
        await job.run(() => {
          options.onJob?.(job.job_id);
          return work(job, run);
        });
      } catch (thrown) {
        error = thrown;
      }
      return resultOf(job, run, error);
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
    (run) => work(job, run),
  );
}

async function withRun<Result>(
  playhead: Playhead,
  options: BulkOptions,
  jobOf: () => JobHandle | null,
  make: (run: BulkRun) => Promise<Result>,
): Promise<Result> {
  const watch = createLimitWatch((rate_limited) => jobOf()?.update({ rate_limited }));
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
    ...(options.jobId !== undefined && { id: options.jobId }),
    ...(options.userId !== undefined && { user_id: options.userId }),
    ...(options.signal !== undefined && { signal: options.signal }),
  });
}

/** The job's own work. @returns its summary */
async function work(job: JobHandle, run: BulkRun): Promise<Record<string, unknown>> {
  const startMs = performance.now();
  const { tally } = run;
  await makeVideos(job, run);
  const [firstFailure] = tally.failed;
  if (firstFailure !== undefined && tally.made.length + tally.found.length === 0) throw firstFailure.error;
  await announceJournal(job, run);
  const summary = summaryOf(tally, performance.now() - startMs);
  tellDone(job, run, summary);
  return summary;
}

async function announceJournal(job: JobHandle, run: BulkRun): Promise<void> {
  const found = await stat(run.journal.path).catch(() => null);
  if (found === null) return;
  const link = linkTo(JOURNAL_NAME, run);
  job.artifact({
    type: "manifest",
    name: JOURNAL_NAME,
    ...link,
    size_bytes: found.size,
    mime_type: "application/x-ndjson",
  });
}

function tellDone(job: JobHandle, { tally }: BulkRun, { wall_sec, speed_ratio }: Record<string, unknown>): void {
  const { made, found, failed } = tally;
  const speed = typeof speed_ratio === "number" ? `, ${speed_ratio} s of video a second` : "";
  const line = `${made.length} made, ${found.length} skipped, ${failed.length} failed, in ${secondsWords(Number(wall_sec))}${speed}`;
  if (failed.length > 0) job.log.warning(line);
  else job.log.info(line);
}

function resultOf(job: JobHandle, { tally, journal }: BulkRun, error: unknown): BulkResult {
  const videos = finishedVideos(tally);
  const state = job.state === "completed" || job.state === "canceled" ? job.state : "failed";
  return {
    job_id: job.job_id,
    state,
    completed: tally.made.length,
    failed: tally.failed.length,
    skipped: tally.found.length,
    canceled: canceledCount(tally),
    videos,
    manifest: videos.length > 0 ? journal.path : null,
    error: state === "failed" ? (error ?? new PlayheadError("task_failed", "the job failed")) : null,
  };
}
