import type { TaskHandle } from "@playhead/sdk";
import { counted } from "../media/words.ts";
import { announceClip } from "./announce-clip.ts";
import { type ClipPlan, planClip } from "./clip-plan.ts";
import { stepsOf } from "./clip-steps.ts";
import type { ClipsRun } from "./clips-run.ts";
import { makeClip } from "./make-clip.ts";
import { type ClipEntry, uploadTo } from "./manifest.ts";
import type { SceneSpec } from "./scenes.ts";
import { treatmentOf } from "./treatment.ts";

/** A scene's task and those of its clips, declared and not yet run. */
interface SceneRow {
  readonly task: TaskHandle;
  readonly clips: readonly ClipRow[];
}

interface ClipRow {
  readonly clip: ClipPlan;
  readonly task: TaskHandle;
}

const FOUND = "finished in an earlier run";

/**
 * Makes all clips, scene by scene and several at a time. Settles when the last of them has ended, however it ended: no
 * ffmpeg runs any more then.
 *
 * @throws PlayheadError the fatal error that stopped them, or `canceled`
 */
export async function makeClips(making: TaskHandle, scenes: readonly SceneSpec[], run: ClipsRun): Promise<void> {
  // All of them first, so that the bar knows of all the work before it begins.
  const rows = scenes.map((scene) => declareScene(making, scene, run));
  const clips = rows.flatMap((row) => row.clips.map(({ clip }) => clip));
  run.tally.planned = clips;
  const finished = await findFinished(clips, run);
  const what = `${counted(scenes.length, "scene")} × ${counted(run.styles.length, "style")}`;
  const before = finished.size === 0 ? "" : `; ${finished.size} of them are there from an earlier run`;
  const how = `${run.slots.size} at a time, encoded by ${run.encoder}`;
  making.log.info(`${what}: ${counted(clips.length, "clip")}, ${how}${before}`);
  for (const { title, director } of run.leftOut) {
    making.log.warning(`${title} is left out: ${director?.missing()?.message}`);
  }
  await allEnded(rows.map((row) => makeScene(row, finished, run)));
  const fatal = run.stop.error();
  if (fatal !== null) throw fatal;
}

function declareScene(making: TaskHandle, scene: SceneSpec, run: ClipsRun): SceneRow {
  const { styles, source, options } = run;
  const { scene_id, title, start_sec, end_sec } = scene;
  const duration_sec = end_sec - start_sec;
  const task = making.create({
    kind: "scene",
    id: `scene_${scene_id}`,
    title,
    weight: duration_sec,
    // A plan, so that it starts with its first clip, and not with the list of scenes.
    steps: [{ step: "making_clips", weight: 1 }],
    fields: { scene_id, scene_title: title, style_count: styles.length, start_sec, duration_sec },
  });
  const treatment = treatmentOf(run.treatment, scene);
  const clips = styles.map((style) => {
    const clip = planClip(source.sourceId, scene, style, treatment);
    const { name, title: styleTitle, cost, director } = style.processor;
    const clipTask = task.create({
      kind: "clip",
      id: clip.clipId,
      title: styleTitle,
      weight: cost,
      steps: stepsOf({ isDirected: director !== undefined, isUploaded: options.upload !== undefined }),
      fields: { scene_id, style: name, clip_id: clip.clipId, start_sec, duration_sec },
    });
    return { clip, task: clipTask };
  });
  return { task, clips };
}

async function findFinished(
  clips: readonly ClipPlan[],
  { manifest }: ClipsRun,
): Promise<ReadonlyMap<string, ClipEntry>> {
  const found = await Promise.all(clips.map(({ clipId }) => manifest.find(clipId)));
  return new Map(found.flatMap((entry) => (entry === null ? [] : [[entry.clip_id, entry]])));
}

/** A scene has ended when all its clips have; it completes whatever became of them, since they are independent. */
async function makeScene(row: SceneRow, finished: ReadonlyMap<string, ClipEntry>, run: ClipsRun): Promise<void> {
  const { task, clips } = row;
  const missing: { readonly row: ClipRow; readonly found: ClipEntry | null }[] = [];
  for (const each of clips) {
    const found = finished.get(each.clip.clipId) ?? null;
    if (found === null || !isWhereItBelongs(found, run)) missing.push({ row: each, found });
    else skipClip(each, found, run);
  }
  if (missing.length === 0) {
    task.skip(FOUND);
    return;
  }
  await task.settle(async () => {
    await allEnded(missing.map((each) => settleClip(each.row, each.found, run)));
    run.stop.signal.throwIfAborted();
  });
}

function skipClip({ task }: ClipRow, entry: ClipEntry, run: ClipsRun): void {
  task.skip(FOUND);
  announceClip(task, entry, run);
  run.tally.found.push(entry);
}

/** One that was rendered and not uploaded lacks its upload. */
function isWhereItBelongs(found: ClipEntry, { options: { upload } }: ClipsRun): boolean {
  return upload === undefined || uploadTo(upload.place, found) !== undefined;
}

async function settleClip({ clip, task }: ClipRow, found: ClipEntry | null, run: ClipsRun): Promise<void> {
  await task.settle((handle) => makeClip(handle, clip, found, run), { slots: run.slots });
}

/** Waits for all, also when some fail. @throws what the first of those threw */
async function allEnded(works: readonly Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(works);
  const failed = ends.find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
