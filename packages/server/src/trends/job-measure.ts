import { activeMs, type JobSummary, type Task } from "@playhead/core";

/** What is known of a job that completed: how long it took, and what that may be compared with. */
export interface JobMeasure {
  readonly jobId: string;
  readonly endedMs: number;
  /** While it ran: without its pauses, and its waits on someone else's limit. */
  readonly tookMs: number;
  /** What it was expected to take when it began; null where nobody said. */
  readonly expectedMs: number | null;
  /** How much media it made; null where it does not say. */
  readonly mediaSec: number | null;
  /** The same by how it was made; none of a job that was paused, since nobody knows whose time that was. */
  readonly media: readonly MadeMedia[];
}

/** Media that was made in one way. */
export interface MadeMedia extends MediaGroup {
  readonly mediaSec: number;
  readonly tookSec: number;
}

/** What the speed of making media is told apart by; null where it is not known. */
export interface MediaGroup {
  /** Of the tasks that made it. */
  readonly task_kind: string;
  readonly style: string | null;
  /** Such as `1080x1920`. */
  readonly size: string | null;
  readonly codec: string | null;
  /** The machine that it ran on. */
  readonly host: string | null;
}

/** What is known of a job beside itself and its tasks. */
export interface JobSurroundings {
  readonly expectedMs: number | null;
  readonly host: string | null;
}

/** Measures a job that completed; null of one that took no time. */
export function measureJob(
  job: JobSummary,
  tasks: readonly Task[],
  { expectedMs, host }: JobSurroundings,
): JobMeasure | null {
  const endedMs = Date.parse(job.ended_at ?? "");
  const tookMs = activeMs(job, endedMs) - job.limited_ms;
  if (!(tookMs > 0)) return null;
  const made = tasks.flatMap((task) => madeBy(task, job, host) ?? []);
  const wasHeld = job.paused_ms > 0 || job.limited_ms > 0;
  return {
    ...{ jobId: job.job_id, endedMs, tookMs, expectedMs },
    mediaSec: made.length === 0 ? null : made.reduce((sum, { mediaSec }) => sum + mediaSec, 0),
    media: wasHeld ? [] : addUp(made),
  };
}

/** A group as a text: the same for the same group. */
export function groupKey({ task_kind, style, size, codec, host }: MediaGroup): string {
  return JSON.stringify([task_kind, style, size, codec, host]);
}

/** Null of a task that made no media of a known length. */
function madeBy(task: Task, job: JobSummary, host: string | null): MadeMedia | null {
  const video = task.artifacts.find(({ type }) => type === "video")?.metadata;
  const mediaSec = positive(video?.duration_sec);
  if (task.state !== "completed" || task.started_at === null || task.ended_at === null || mediaSec === null)
    return null;
  const tookSec = (Date.parse(task.ended_at) - Date.parse(task.started_at)) / 1_000;
  if (!(tookSec > 0)) return null;
  const [width, height] = [positive(video?.width), positive(video?.height)];
  return {
    ...{ mediaSec, tookSec },
    task_kind: task.kind,
    style: text(task.fields.style),
    size: width === null || height === null ? null : `${width}x${height}`,
    codec: text(video?.codec) ?? text(job.metadata.encoder),
    host,
  };
}

function addUp(made: readonly MadeMedia[]): readonly MadeMedia[] {
  const sums = new Map<string, MadeMedia>();
  for (const each of made) {
    const known = sums.get(groupKey(each));
    const [mediaSec, tookSec] = [(known?.mediaSec ?? 0) + each.mediaSec, (known?.tookSec ?? 0) + each.tookSec];
    sums.set(groupKey(each), { ...each, mediaSec, tookSec });
  }
  return [...sums.values()];
}

const positive = (value: unknown) => (typeof value === "number" && value > 0 ? value : null);
const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);
