import { rm, rmdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { guardFiles } from "@playhead/ffmpeg";
import { type JobHandle, MERGE_STAGES, type MergeStage, type Playhead, type TaskHandle } from "@playhead/sdk";
import { endOfJob, type JobEnd, jobFieldsOf } from "../media/end-of-job.ts";
import { createFfmpegGauges } from "../media/ffmpeg-gauges.ts";
import { fileWords } from "../media/words.ts";
import type { StoredObject } from "../storage/storage.ts";
import { analyse, PROBE_SEC } from "./analyse.ts";
import { cleanUp } from "./clean-up.ts";
import { compress } from "./compress.ts";
import { joinParts } from "./join-parts.ts";
import type { MergeOptions } from "./merge-options.ts";
import { createFailureTeller, type MergeRun } from "./merge-run.ts";
import { normalise } from "./normalise.ts";
import { makeWorkDir, prepare } from "./prepare.ts";
import { STORE_BYTES_PER_SEC, storeResult } from "./store-result.ts";
import { summaryOf } from "./summary.ts";
import { COPY_BYTES_PER_SEC, takeOver } from "./take-over.ts";

/** How a run of `runMerge` ended. */
export interface MergeResult {
  readonly job_id: string;
  readonly state: "completed" | "failed" | "canceled";
  /** Results: 1 or 0 in all. */
  readonly completed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly canceled: number;
  /** The job's summary; null when there is none. */
  readonly summary: Readonly<Record<string, unknown>> | null;
  /** What ended the job, when it failed; null otherwise. */
  readonly error: unknown;
}

/**
 * Merges videos of any kind into one, watched by Playhead. When it returns, nothing runs any more, and beside the result
 * nothing is left.
 *
 * @throws PlayheadError for what cannot be worked on, before there is a job; a job that fails later resolves with
 * `state: "failed"`
 */
export async function runMerge(playhead: Playhead, options: MergeOptions): Promise<MergeResult> {
  return withRun(playhead, options, async (run) => {
    const job = announceJob(playhead, run);
    return resultOf(await endOfJob(job, options, () => work(job, run)));
  });
}

/**
 * The same inside of a job that runs already, such as one that the server has started here.
 *
 * @returns the summary of the job
 * @throws PlayheadError what ends the job
 */
export function runMergeIn(
  playhead: Playhead,
  job: JobHandle,
  options: Omit<MergeOptions, "jobId" | "title" | "userId" | "onJob">,
): Promise<Record<string, unknown>> {
  return withRun(playhead, options, (run) => work(job, run));
}

async function withRun<Result>(
  playhead: Playhead,
  options: MergeOptions,
  make: (run: MergeRun) => Promise<Result>,
): Promise<Result> {
  const prepared = await prepare(options);
  const gauges = createFfmpegGauges(playhead.gauge, prepared.slots, () => performance.now());
  const tellFailure = createFailureTeller(prepared);
  const run: MergeRun = { ...prepared, slots: gauges.slots, gauges, options, tellFailure };
  const endGuard = await guardFiles(options.registryDir, [run.workDir]);
  try {
    await makeWorkDir(run.workDir);
    return await make(run);
  } finally {
    gauges.end();
    // What cannot be removed now stays written down: it is tried again when this process ends, and at the next start.
    await rm(run.workDir, { recursive: true, force: true }).then(endGuard, () => undefined);
    if (run.isNewFolder) await rmdir(dirname(run.output)).catch(() => undefined);
  }
}

function announceJob(playhead: Playhead, { options, given, output }: MergeRun): JobHandle {
  const name = fileWords(output);
  return playhead.job({
    kind: "merge",
    title: options.title ?? name,
    metadata: {
      output: name,
      inputs: given.length,
      size_bytes: totalBytes(given),
      ...(options.size !== undefined && { width: options.size.width, height: options.size.height }),
      ...(options.fps !== undefined && { fps: options.fps }),
      ...(options.target !== undefined && { target: options.target }),
    },
    ...jobFieldsOf(options),
  });
}

/**
 * The job's own work, stage by stage. @returns its summary
 * ```
 * upload → analysis → preparation? → merging → compression? → storage_upload? → cleanup
 *    └── any failure ──────────────────────────────────────────────────────────────┘
 * ```
 */
async function work(job: JobHandle, run: MergeRun): Promise<Record<string, unknown>> {
  const startMs = performance.now();
  const stages = declareStages(job, run);
  try {
    const taken = await takeOver(stages.upload, run);
    const plan = await analyse(stages.analysis, taken, run);
    const pieces = await normalise(stages.preparation, plan, run);
    const joined = await joinParts(stages.merging, plan, pieces, run);
    const finished = await compress(stages.compression, joined, plan.frame, run);
    const stored = await storeResult(stages.storage_upload, finished.sizeBytes, run);
    announceResult(job, finished, stored, run);
    await cleanUp(stages.cleanup, run);
    return summaryOf(finished, plan.frame, run, performance.now() - startMs);
  } catch (error) {
    if (job.signal.aborted) throw error;
    for (const stage of Object.values(stages)) {
      if (stage.state === "failed") run.tellFailure(stage, TITLES[stage.task_id as MergeStage].toLowerCase(), error);
    }
    await cleanUp(stages.cleanup, run);
    throw error;
  }
}

const TITLES: Readonly<Record<MergeStage, string>> = {
  upload: "Take over",
  analysis: "Look at the inputs",
  preparation: "Prepare the parts",
  merging: "Merge",
  compression: "Compress",
  storage_upload: "Store",
  cleanup: "Clean up",
};

/** How many bytes of video one can expect to encode in a second: nothing more is known before they were looked at. */
const ENCODED_BYTES_PER_SEC = 1_000_000;

/** All stages are announced before the first begins, so that the bar shares itself out well: by expected seconds. */
function declareStages(job: JobHandle, run: MergeRun): Readonly<Record<MergeStage, TaskHandle>> {
  const { given, options, slots } = run;
  const bytes = totalBytes(given);
  const uploaded = totalBytes(given.filter(({ isUpload }) => isUpload));
  const encodeSec = 0.2 * given.length + bytes / ENCODED_BYTES_PER_SEC;
  const seldom = 0.01;
  const expectedSec: Readonly<Record<MergeStage, number>> = {
    upload: seldom + uploaded / COPY_BYTES_PER_SEC,
    analysis: (PROBE_SEC * given.length) / slots.size,
    preparation: encodeSec,
    merging: 0.3 + bytes / COPY_BYTES_PER_SEC,
    compression: options.target === undefined ? seldom : encodeSec * (options.target.kind === "size" ? 1.5 : 1),
    storage_upload: options.storage === undefined ? seldom : 0.2 + bytes / STORE_BYTES_PER_SEC,
    cleanup: 0.05,
  };
  const fields = (stage: MergeStage) => {
    const readsInputs = stage === "upload" || stage === "analysis" || stage === "preparation";
    if (readsInputs) return { stage, file_size_bytes: bytes, video_count: given.length };
    return stage === "merging" ? { stage, video_count: given.length } : { stage };
  };
  const declare = (stage: MergeStage) =>
    job.create({ kind: "stage", id: stage, title: TITLES[stage], weight: expectedSec[stage], fields: fields(stage) });
  return Object.fromEntries(MERGE_STAGES.map((stage) => [stage, declare(stage)])) as Record<MergeStage, TaskHandle>;
}

function announceResult(
  job: JobHandle,
  { sizeBytes, durationSec, info }: Awaited<ReturnType<typeof compress>>,
  stored: readonly StoredObject[],
  { output, segmentsFile, options }: MergeRun,
): void {
  const link = (file: string, index: number) => {
    const url = stored[index]?.url ?? options.urlOf?.(file) ?? null;
    return url === null ? {} : { url };
  };
  job.artifact({
    ...{ type: "video", name: basename(output), ...link(output, 0), size_bytes: sizeBytes, mime_type: "video/mp4" },
    metadata: { width: info.video?.width, height: info.video?.height, duration_sec: durationSec },
  });
  job.artifact({
    ...{ type: "segments", name: basename(segmentsFile), ...link(segmentsFile, 1), mime_type: "application/json" },
  });
}

function totalBytes(given: readonly { readonly sizeBytes: number }[]): number {
  return given.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function resultOf({ job_id, state, summary, error }: JobEnd): MergeResult {
  const count = (wanted: MergeResult["state"]) => (state === wanted ? 1 : 0);
  return {
    ...{ job_id, state, completed: count("completed"), failed: count("failed"), skipped: 0 },
    ...{ canceled: count("canceled"), summary, error },
  };
}
