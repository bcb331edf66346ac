import { emptyJob, type JobProgress, type JobState, NO_PROGRESS, progressAt, type TaskState } from "@playhead/core";
import type { ArtifactInput, JobHandle, TaskHandle } from "../handles.ts";

/** What is counted of a job's items (SPEC §3). */
export interface ItemCounts {
  readonly items_completed?: number;
  readonly items_failed?: number;
  readonly items_skipped?: number;
  readonly items_canceled?: number;
}

/** What is said of one video. */
export interface VideoUpdate {
  readonly state?: TaskState;
  /** 0–100. */
  readonly percent_complete?: number;
  readonly artifacts?: readonly ArtifactInput[];
  /** Why it failed, or was skipped or canceled. */
  readonly error?: unknown;
  readonly reason?: string;
}

/** One job of a `ProgressMonitor`: its handle, and its videos by their ids. */
export interface MonitoredJob {
  readonly handle: JobHandle;
  isRateLimited(): boolean;
  setRateLimited(is: boolean): void;
  /** Settles as many videos that nobody has named as the counts say have been settled. */
  count(counts: ItemCounts): void;
  updateVideo(videoId: string, update: VideoUpdate): void;
  progress(): JobProgress;
}

interface Item {
  readonly task: TaskHandle;
  /** 0..1 */
  fraction: number;
  startedMs: number | null;
}

type Settled = "completed" | "failed" | "skipped" | "canceled";

const SETTLED: readonly Settled[] = ["completed", "failed", "skipped", "canceled"];

export interface MonitoredJobOptions {
  /** The videos that are known by name. */
  readonly videoIds: readonly string[];
  /** How many there are; those without a name are `video-1`, `video-2` … */
  readonly itemsTotal: number;
  readonly nowMs: () => number;
}

/** Declares the videos of a job. */
export function createMonitoredJob(
  handle: JobHandle,
  { videoIds, itemsTotal, nowMs }: MonitoredJobOptions,
): MonitoredJob {
  const items = new Map<string, Item>();
  /** Videos that nobody has named yet, in order. */
  const unnamed: Item[] = [];
  let total = 0;
  const settled: Record<Settled, number> = { completed: 0, failed: 0, skipped: 0, canceled: 0 };
  const createdMs = nowMs();
  let startedMs: number | null = null;
  let processingMs = 0;
  let fractions = 0;
  let isRateLimited = false;
  let shownPercent = 0;

  function declare(id: string): Item {
    total += 1;
    const task = handle.create({ kind: "video", id, title: id, fields: { id } });
    return { task, fraction: 0, startedMs: null };
  }

  for (const id of videoIds) items.set(id, declare(id));
  for (let index = 1; index <= itemsTotal - videoIds.length; index += 1) unnamed.push(declare(`video-${index}`));

  /** A video by its name; the first mention of a name takes the place of one that has none. */
  function itemOf(videoId: string): Item {
    const item = items.get(videoId) ?? unnamed.shift() ?? declare(videoId);
    items.set(videoId, item);
    return item;
  }

  function raise(item: Item, fraction: number): void {
    if (!(fraction > item.fraction)) return;
    fractions += Math.min(1, fraction) - item.fraction;
    item.fraction = Math.min(1, fraction);
  }

  function isOpen({ task }: Item): boolean {
    return task.state === "pending" || task.state === "processing";
  }

  function begin(item: Item): void {
    item.startedMs ??= nowMs();
    startedMs ??= item.startedMs;
    item.task.start();
  }

  function settle(item: Item, state: Settled, { error, reason }: VideoUpdate): void {
    if (!isOpen(item)) return;
    if (state === "completed") item.task.complete();
    else if (state === "failed") item.task.fail(error ?? new Error(reason ?? "the video failed"));
    else {
      // What has not begun can only be skipped.
      if (state === "canceled") begin(item);
      item.task.skip(reason ?? state);
    }
    settled[item.task.state as Settled] += 1;
    if (item.startedMs !== null) processingMs += nowMs() - item.startedMs;
    raise(item, 1);
  }

  return {
    handle,
    isRateLimited: () => isRateLimited,
    setRateLimited(is) {
      if (is === isRateLimited) return;
      isRateLimited = is;
      handle.update({ rate_limited: is });
    },
    count(counts) {
      for (const state of SETTLED) {
        const wanted = counts[`items_${state}`] ?? 0;
        while (settled[state] < wanted) {
          const item = unnamed.shift();
          if (item === undefined) break;
          settle(item, state, {});
        }
      }
    },
    updateVideo(videoId, update) {
      const { state, percent_complete: percent, artifacts = [] } = update;
      const item = itemOf(videoId);
      if (isOpen(item) && (state === "processing" || percent !== undefined)) begin(item);
      if (percent !== undefined && isOpen(item)) {
        item.task.progress(percent / 100);
        raise(item, percent / 100);
      }
      for (const artifact of artifacts) item.task.artifact(artifact);
      if (state !== undefined && state !== "pending" && state !== "processing") settle(item, state, update);
    },
    progress() {
      const job = {
        ...emptyJob(handle.job_id),
        state: "running" as JobState,
        created_at: new Date(createdMs).toISOString(),
        started_at: startedMs === null ? null : new Date(startedMs).toISOString(),
        progress: {
          ...NO_PROGRESS,
          percent_complete: shownPercent,
          items_total: total,
          items_completed: settled.completed,
          items_failed: settled.failed,
          items_skipped: settled.skipped,
          items_canceled: settled.canceled,
          items_pending: total - SETTLED.reduce((sum, state) => sum + settled[state], 0),
          time_to_start_ms: startedMs === null ? null : startedMs - createdMs,
          time_processing_ms: processingMs,
          average_duration_ms_per_item: settled.completed > 0 ? Math.round(processingMs / settled.completed) : null,
          errors_encountered: settled.failed,
          rate_limited: isRateLimited,
          start_time: startedMs === null ? null : new Date(startedMs).toISOString(),
        },
      };
      const progress = progressAt(job, total === 0 ? 0 : fractions / total, nowMs());
      shownPercent = handle.state === "completed" ? 100 : progress.percent_complete;
      return { ...progress, percent_complete: shownPercent };
    },
  };
}
