import { availableParallelism } from "node:os";
import { basename, resolve } from "node:path";
import {
  createSlots,
  type JobHandle,
  type Playhead,
  PlayheadError,
  type Slots,
  type TaskHandle,
  type TaskOutcome,
} from "@playhead/sdk";
import type { ClipPlan } from "./clip.ts";
import type { ClipsOptions } from "./clips-options.ts";
import { declareScene, findScenes, type SceneRow } from "./declare-scenes.ts";
import { announce, type ClipRun, makeClip } from "./make-clip.ts";
import { type ClipEntry, MANIFEST_NAME } from "./manifest.ts";
import { type Prepared, prepare } from "./prepare.ts";

/** How a run of `runClips` ended. */
export interface ClipsResult {
  readonly job_id: string;
  readonly state: "completed" | "failed" | "canceled";
  readonly completed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly canceled: number;
  /** What is in the output folder of this job: made now, or found finished. */
  readonly clips: readonly ClipEntry[];
  /** Path of the manifest; null when the job ended before there was one. */
  readonly manifest: string | null;
  /** What ended the job, when it failed. */
  readonly error: unknown;
}

/** Seconds of reading for scenes that one second of video takes, against rendering it once. */
const DETECTION_COST = 0.25;
const MAX_PARALLEL = 4;

/** What has come of the clips so far. */
interface Made {
  readonly outcomes: TaskOutcome<ClipEntry>[];
  /** Finished in an earlier run. */
  readonly found: ClipEntry[];
}

/**
 * Cuts a video into clips: scenes × styles, several at a time, each watched by Playhead. What a run before has finished
 * is skipped; a style that fails costs its clip only.
 *
 * @throws PlayheadError for input that cannot be worked on, before there is a job; a job that fails later resolves with
 * `state: "failed"`
 */
export async function runClips(playhead: Playhead, options: ClipsOptions): Promise<ClipsResult> {
  const prepared = await prepare(options);
  const { info, video, durationSec, styles } = prepared;
  const input = basename(options.input);
  const job = playhead.job({
    kind: "clips",
    title: options.title ?? input,
    metadata: {
      input,
      duration_sec: durationSec,
      width: video.width,
      height: video.height,
      size_bytes: info.sizeBytes,
      styles: styles.map(({ name }) => name),
    },
    ...(options.jobId !== undefined && { id: options.jobId }),
    ...(options.userId !== undefined && { user_id: options.userId }),
    ...(options.signal !== undefined && { signal: options.signal }),
  });
  options.onJob?.(job.job_id);
  const made: Made = { outcomes: [], found: [] };
  let error: unknown = null;
  try {
    await job.run(() => work(job, options, prepared, made));
  } catch (thrown) {
    error = thrown;
  }
  const count = (state: string) => made.outcomes.filter((each) => each.state === state).length;
  const clips = [...made.found, ...made.outcomes.flatMap((each) => (each.state === "completed" ? [each.value] : []))];
  return {
    job_id: job.job_id,
    state: job.state === "completed" ? "completed" : job.state === "canceled" ? "canceled" : "failed",
    completed: count("completed"),
    failed: count("failed"),
    skipped: made.found.length,
    canceled: count("canceled"),
    clips,
    manifest: clips.length > 0 ? prepared.manifest.path : null,
    error: job.state === "failed" ? error : null,
  };
}

/** The job's own work: find the scenes, declare all clips so that the bar knows of them, make them. */
async function work(
  job: JobHandle,
  options: ClipsOptions,
  prepared: Prepared,
  made: Made,
): Promise<Record<string, unknown>> {
  const { durationSec, styles, info, video, manifest } = prepared;
  const renderSec = durationSec * styles.reduce((sum, { cost }) => sum + cost, 0);
  const finding =
    prepared.scenes === null
      ? job.create({
          kind: "stage",
          title: "Find scenes",
          fields: { stage: "finding_scenes" },
          weight: durationSec * DETECTION_COST,
        })
      : null;
  const making = job.create({
    kind: "stage",
    title: "Make clips",
    fields: { stage: "making_clips" },
    weight: renderSec,
    steps: [],
  });
  const scenes = prepared.scenes ?? (finding === null ? [] : await findScenes(finding, options, info));
  const slots = createSlots(options.maxParallel ?? Math.min(MAX_PARALLEL, availableParallelism()));
  const clipRun: ClipRun = {
    input: options.input,
    info,
    video,
    outDir: resolve(options.outDir),
    manifest,
    registryDir: options.registryDir,
    ffmpegPath: options.ffmpegPath,
    urlOf: options.urlOf ?? (() => null),
    stop: new AbortController(),
  };

  const { outcomes, found } = made;
  await making.run(async () => {
    const rows = scenes.map((scene) => declareScene(making, scene, prepared));
    await Promise.all(rows.map((row) => makeScene(row, clipRun, slots, made)));
  });
  if (clipRun.stop.signal.aborted) throw clipRun.stop.signal.reason;
  const completed = outcomes.filter(({ state }) => state === "completed").length;
  const failed = outcomes.filter(({ state }) => state === "failed").length;
  if (failed > 0 && completed + found.length === 0) throw firstError(outcomes);
  return {
    scenes: scenes.length,
    clips_completed: completed,
    clips_failed: failed,
    clips_skipped: found.length,
    manifest: MANIFEST_NAME,
    size_bytes: outcomes.reduce((sum, each) => sum + (each.state === "completed" ? each.value.size_bytes : 0), 0),
  };
}

/** A scene has ended when all its clips have, however they ended. */
async function makeScene({ task, clips }: SceneRow, clipRun: ClipRun, slots: Slots, made: Made): Promise<void> {
  await task.settle(async () => {
    await Promise.all(clips.map(({ clip, task: clipTask }) => makeOrFind(clip, clipTask, clipRun, slots, made)));
  });
}

async function makeOrFind(clip: ClipPlan, task: TaskHandle, clipRun: ClipRun, slots: Slots, made: Made): Promise<void> {
  const finished = await clipRun.manifest.find(clip.clipId);
  if (finished !== null) {
    task.skip("finished in an earlier run");
    announce(clipRun, finished, task);
    made.found.push(finished);
    return;
  }
  const outcome = await task.settle((handle) => makeClip(clipRun, clip, handle), { slots });
  made.outcomes.push(outcome);
  if (outcome.state === "failed")
    task.log.error(`${clip.style.title} of scene ${clip.scene.scene_id} failed: ${messageOf(outcome.error)}`);
}

function firstError(outcomes: readonly TaskOutcome<unknown>[]): unknown {
  const failed = outcomes.find((each) => each.state === "failed");
  return failed?.state === "failed" ? failed.error : new PlayheadError("task_failed", "no clip could be made");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
