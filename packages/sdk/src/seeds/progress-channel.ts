import type { ClipStep, JsonObject, LogLevel } from "@playhead/core";
import type { ArtifactInput, JobHandle, TaskHandle } from "../handles.ts";
import type { Playhead } from "../playhead.ts";

/** What a {@link ProgressChannel} reports through. */
export interface ProgressChannelOptions {
  readonly playhead: Playhead;
  /** The kind of the jobs. @defaultValue "clips" */
  readonly kind?: string;
}

/** What is said of a scene when work on it begins. */
export interface SceneStart {
  readonly scene_title?: string;
  /** How many clips it will have. */
  readonly style_count?: number;
  readonly start_sec?: number;
  readonly duration_sec?: number;
}

/** What a step has to tell: a sentence, as in the seed, or fields. */
export type ClipDetails = string | Readonly<Record<string, unknown>>;

interface OpenJob {
  readonly handle: JobHandle;
  readonly scenes: Map<string, TaskHandle>;
  readonly clips: Map<string, TaskHandle>;
  /** The bar of a job that has no scenes. */
  whole: TaskHandle | null;
}

const MAX_ENDED = 1_000;

/**
 * The `ProgressChannel` of seed 002 (scenes × styles) on the sdk: say what happens, by job, scene and style; jobs,
 * scenes and clips come to be by being mentioned. Nothing throws, and what is said of a job that has ended is ignored.
 */
export class ProgressChannel {
  readonly #playhead: Playhead;
  readonly #kind: string;
  readonly #jobs = new Map<string, OpenJob>();
  /** The one that ended first is first. */
  readonly #ended = new Set<string>();

  constructor({ playhead, kind = "clips" }: ProgressChannelOptions) {
    this.#playhead = playhead;
    this.#kind = kind;
  }

  /** The id under which a clip is reported: of the same scene and style always the same. */
  static clipId(sceneId: string | number, style: string): string {
    return `${sceneId}-${style}`;
  }

  /** Work on a scene begins. */
  sceneStarted(jobId: string, sceneId: string | number, scene: SceneStart = {}): void {
    this.#scene(jobId, sceneId, scene).start();
  }

  /** A clip takes a step; `complete` and `failed` end it, the latter with `details` as the error. */
  clipProgress(jobId: string, sceneId: string | number, style: string, step: ClipStep, details?: ClipDetails): void {
    const clip = this.#clip(jobId, sceneId, style);
    const told = typeof details === "string" ? { message: details } : details;
    if (step === "complete") clip.complete(told);
    else if (step === "failed") clip.fail(new Error(typeof details === "string" ? details : `${style} failed`));
    else clip.step(step, undefined, told);
  }

  /** A scene has ended. How many of its clips were completed and how many failed is counted from what was said of them. */
  sceneCompleted(jobId: string, sceneId: string | number): void {
    this.#scene(jobId, sceneId, {}).complete();
  }

  /** A clip's video is where viewers can get it. How many there are is counted. @param clipId see {@link clipId} */
  clipUploaded(jobId: string, clipId: string, artifact: Omit<ArtifactInput, "type"> = {}): void {
    const { clips, handle } = this.#job(jobId);
    (clips.get(clipId) ?? handle).artifact({ type: "video", name: clipId, ...artifact });
  }

  /** A line for the job's log. */
  log(jobId: string, message: string, level: LogLevel = "info", fields?: JsonObject): void {
    this.#job(jobId).handle.log[level](message, fields);
  }

  /** How far a job is that reports no scenes, 0–100; the bar of one that does follows from its clips. */
  progress(jobId: string, percent: number): void {
    const job = this.#job(jobId);
    if (job.scenes.size > 0) return;
    job.whole ??= job.handle.create({ kind: "step", id: "work", title: job.handle.kind });
    job.whole.progress(percent / 100);
  }

  /** The job has done its work. */
  done(jobId: string, summary?: Readonly<Record<string, unknown>>): void {
    const { handle, whole } = this.#job(jobId);
    whole?.complete();
    handle.complete(summary);
    this.#forgetWork(jobId, handle);
  }

  /** The job has failed. */
  error(jobId: string, error: unknown): void {
    const { handle } = this.#job(jobId);
    handle.fail(typeof error === "string" ? new Error(error) : error);
    this.#forgetWork(jobId, handle);
  }

  /** The job's handle: for its `signal`, which tells of a cancel, and whatever else the seed has no word for. */
  handle(jobId: string): JobHandle {
    return this.#job(jobId).handle;
  }

  /** That it has ended is remembered, so that what is said of it late does not begin it anew. */
  #forgetWork(jobId: string, handle: JobHandle): void {
    this.#jobs.set(jobId, newJob(handle));
    this.#ended.add(jobId);
    const [oldest] = this.#ended;
    if (this.#ended.size <= MAX_ENDED || oldest === undefined) return;
    this.#ended.delete(oldest);
    this.#jobs.delete(oldest);
  }

  #job(jobId: string): OpenJob {
    const known = this.#jobs.get(jobId);
    if (known !== undefined) return known;
    const handle = this.#playhead.job({ id: jobId, kind: this.#kind });
    handle.start();
    const job = newJob(handle);
    this.#jobs.set(jobId, job);
    return job;
  }

  #scene(jobId: string, sceneId: string | number, { scene_title, ...said }: SceneStart): TaskHandle {
    const { handle, scenes } = this.#job(jobId);
    const id = String(sceneId);
    const known = scenes.get(id);
    if (known !== undefined) return known;
    const fields = { scene_id: sceneId, ...said };
    const scene = handle.create({ kind: "scene", id: `scene-${id}`, title: scene_title ?? `Scene ${id}`, fields });
    scenes.set(id, scene);
    return scene;
  }

  #clip(jobId: string, sceneId: string | number, style: string): TaskHandle {
    const scene = this.#scene(jobId, sceneId, {});
    const { clips } = this.#job(jobId);
    const id = ProgressChannel.clipId(sceneId, style);
    const known = clips.get(id);
    if (known !== undefined) return known;
    const fields = { scene_id: sceneId, style, clip_id: id };
    const clip = scene.create({ kind: "clip", id, title: style, fields });
    clips.set(id, clip);
    return clip;
  }
}

function newJob(handle: JobHandle): OpenJob {
  return { handle, scenes: new Map(), clips: new Map(), whole: null };
}
