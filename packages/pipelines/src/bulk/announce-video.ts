import type { TaskHandle } from "@playhead/sdk";
import { linkTo } from "../media/output-folder.ts";
import type { BulkRun } from "./bulk-run.ts";
import type { VideoEntry } from "./journal.ts";

/** Tells viewers of a finished video and where to get it: first its picture, so that the video is never without. */
export function announceVideo(task: TaskHandle, entry: VideoEntry, run: Pick<BulkRun, "outDir" | "options">): void {
  const { width, height, duration_sec, thumbnail } = entry;
  if (thumbnail !== null)
    task.artifact({ type: "thumbnail", name: thumbnail, ...linkTo(thumbnail, run), mime_type: "image/jpeg" });
  task.artifact({
    type: "video",
    name: entry.file,
    ...linkTo(entry.file, run),
    size_bytes: entry.size_bytes,
    mime_type: "video/mp4",
    metadata: { width, height, duration_sec },
  });
}
