import type { JobHandle, TaskHandle } from "@playhead/sdk";
import { counted } from "../media/words.ts";
import { announceVideo } from "./announce-video.ts";
import type { BulkRun } from "./bulk-run.ts";
import type { ItemPlan } from "./item-plan.ts";
import type { VideoEntry } from "./journal.ts";
import { makeVideo } from "./make-video.ts";
import { VIDEO_STEPS } from "./video-steps.ts";

const FOUND = "finished in an earlier run";

/**
 * Makes the videos of all rows, several at a time. Settles when the last of them has ended, however it ended: no ffmpeg
 * runs any more then.
 *
 * @throws PlayheadError the fatal error that stopped them, or `canceled`
 */
export async function makeVideos(job: JobHandle, run: BulkRun): Promise<void> {
  const { items, finished, slots } = run;
  // All of them first, so that the bar knows of all the work before it begins.
  const tasks = items.map((item) => declareVideo(job, item, run));
  const before = finished.size === 0 ? "" : `; ${finished.size} of them are there from an earlier run`;
  job.log.info(`${counted(items.length, "video")}, ${slots.size} at a time${before}`);
  const missing: { readonly item: ItemPlan; readonly task: TaskHandle }[] = [];
  for (const [i, item] of items.entries()) {
    const [task, entry] = [tasks[i], finished.get(item.itemId)];
    if (task === undefined) continue;
    if (entry === undefined) missing.push({ item, task });
    else skipVideo(task, entry, run);
  }
  const works = missing.map(({ item, task }) => task.settle((handle) => makeVideo(handle, item, run), { slots }));
  const ends = await Promise.allSettled(works);
  const fatal = run.stop.error();
  if (fatal !== null) throw fatal;
  const ended = ends.find((end) => end.status === "rejected");
  if (ended !== undefined) throw ended.reason;
}

function declareVideo(job: JobHandle, item: ItemPlan, { template }: BulkRun): TaskHandle {
  const { itemId, row, title, plannedSec } = item;
  const { width, height } = template.video;
  return job.create({
    kind: "video",
    id: itemId,
    title,
    weight: plannedSec,
    steps: VIDEO_STEPS,
    fields: { row: row.number, priority: row.priority, duration_sec: plannedSec, width, height },
  });
}

function skipVideo(task: TaskHandle, entry: VideoEntry, run: BulkRun): void {
  task.skip(FOUND);
  announceVideo(task, entry, run);
  run.tally.found.push(entry);
}
