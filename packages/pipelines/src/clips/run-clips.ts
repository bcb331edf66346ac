import { rmdir } from "node:fs/promises";
import { guardFiles } from "@playhead/ffmpeg";
import type { JobHandle, Playhead } from "@playhead/sdk";
import { endOfJob, type JobEnd, jobFieldsOf } from "../media/end-of-job.ts";
import { createFatalStop } from "../media/fatal-stop.ts";
import { createFfmpegGauges } from "../media/ffmpeg-gauges.ts";
import { announceManifest } from "../media/output-folder.ts";
import { canceledCount, tellMade } from "../media/tell-made.ts";
import { fileWords } from "../media/words.ts";
import type { ClipsOptions } from "./clips-options.ts";
import type { ClipsRun } from "./clips-run.ts";
import { createEncoderChoice } from "./encoder-choice.ts";
import { createFaceFinder } from "./faces/face-finder.ts";
import { findScenes } from "./find-scenes.ts";
import { makeClips } from "./make-clips.ts";
import type { ClipEntry } from "./manifest.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { createSceneLoudness } from "./scene-loudness.ts";
import { summaryOf } from "./summary.ts";
import { createTally, finishedClips } from "./tally.ts";

/** How a run of `runClips` ended. */
export interface ClipsResult {
  readonly job_id: string;
  readonly state: "completed" | "failed" | "canceled";
  readonly completed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly canceled: number;
  /** What is in the output folder of this job, in order: made now, or found finished. */
  readonly clips: readonly ClipEntry[];
  /** Path of the manifest; null when there is no clip. */
  readonly manifest: string | null;
  /** What ended the job, when it failed; null otherwise. */
  readonly error: unknown;
}

/** How long reading for scenes takes a second of video, against rendering it once. */
const DETECTION_COST = 0.25;

/**
 * Cuts a video into clips: scenes × styles, several at a time, each watched by Playhead. What a run before has finished
 * is skipped; a style that fails costs its clips only. When it returns, nothing runs any more, and no file is half
 * written.
 *
 * @throws PlayheadError for what cannot be worked on, before there is a job; a job that fails later resolves with
 * `state: "failed"`
 */
export async function runClips(playhead: Playhead, options: ClipsOptions): Promise<ClipsResult> {
  return withRun(playhead, options, async (run) => {
    const job = announceJob(playhead, options, run);
    return resultOf(await endOfJob(job, options, () => work(job, run)), run);
  });
}

/**
 * The same inside of a job that runs already, such as one that the server has started here.
 *
 * @returns the summary of the job
 * @throws PlayheadError what ends the job
 */
export function runClipsIn(
  playhead: Playhead,
  job: JobHandle,
  options: Omit<ClipsOptions, "jobId" | "title" | "userId" | "onJob">,
): Promise<Record<string, unknown>> {
  return withRun(playhead, options, (run) => work(job, run));
}

async function withRun<Result>(
  playhead: Playhead,
  options: ClipsOptions,
  make: (run: ClipsRun) => Promise<Result>,
): Promise<Result> {
  const prepared = await prepare(options);
  const gauges = createFfmpegGauges(playhead.gauge, prepared.slots, () => performance.now());
  const { slots } = gauges;
  const faces = createFaceFinder(prepared.source);
  const run: ClipsRun = {
    ...{ ...prepared, slots, gauges, faces, options, tally: createTally(), stop: createFatalStop() },
    encoders: createEncoderChoice(prepared.encoder),
    loudness: createSceneLoudness(prepared.source),
  };
  const endGuard = await guardFiles(options.registryDir, [run.manifest.partPath]);
  try {
    return await make(run);
  } finally {
    await faces.close();
    gauges.end();
    await endGuard();
    if (run.isNewFolder) await removeIfEmpty(run.outDir);
  }
}

/** A job that made nothing leaves nothing. */
async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch(() => undefined);
}

function announceJob(playhead: Playhead, options: ClipsOptions, prepared: Prepared): JobHandle {
  const { source, styles, scenes, treatment, encoder } = prepared;
  const { info, name, video, durationSec } = source;
  return playhead.job({
    kind: "clips",
    title: options.title ?? name,
    metadata: {
      input: name,
      duration_sec: durationSec,
      width: video.width,
      height: video.height,
      size_bytes: info.sizeBytes,
      styles: styles.map(({ processor }) => processor.name),
      ...(scenes !== null && { scenes: scenes.length }),
      encoder,
      ...(treatment.targetLufs !== null && { loudness_lufs: treatment.targetLufs }),
      ...(options.captions !== undefined && { captions: fileWords(options.captions) }),
      ...(options.upload !== undefined && { upload: options.upload.title }),
    },
    ...jobFieldsOf(options),
  });
}

/** The job's own work, stage by stage. @returns its summary */
async function work(job: JobHandle, run: ClipsRun): Promise<Record<string, unknown>> {
  const startMs = performance.now();
  const { tally, scenes: given } = run;
  const { durationSec } = run.source;
  // Both stages are announced before the first begins, so that the bar shares itself out well.
  const stage = (title: string, name: string, weight: number) =>
    job.create({ kind: "stage", id: name, title, fields: { stage: name }, weight });
  const finding = given === null ? stage("Find scenes", "finding_scenes", durationSec * DETECTION_COST) : null;
  const cost = run.styles.reduce((sum, { processor }) => sum + processor.cost, 0);
  const making = stage("Make clips", "making_clips", durationSec * cost);

  const scenes = given ?? (finding === null ? [] : await findScenes(finding, run));
  await making.run(() => makeClips(making, scenes, run));
  const [firstFailure] = tally.failed;
  if (firstFailure !== undefined && tally.made.length + tally.found.length === 0) throw firstFailure.error;
  await announceManifest(job, run.manifest.path, "application/json", run);
  const summary = summaryOf(tally, performance.now() - startMs);
  tellMade(job, tally, summary);
  return summary;
}

function resultOf({ job_id, state, error }: JobEnd, { tally, manifest }: ClipsRun): ClipsResult {
  const clips = finishedClips(tally);
  return {
    ...{ job_id, state, error },
    completed: tally.made.length,
    failed: tally.failed.length,
    skipped: tally.found.length,
    canceled: canceledCount(tally),
    clips,
    manifest: clips.length > 0 ? manifest.path : null,
  };
}
