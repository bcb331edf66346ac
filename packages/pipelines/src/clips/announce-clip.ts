import type { TaskHandle } from "@playhead/sdk";
import { linkTo } from "../media/output-folder.ts";
import type { ClipsRun } from "./clips-run.ts";
import { type ClipEntry, uploadTo } from "./manifest.ts";

/**
 * Tells viewers of a finished clip and where to get it: first its picture, so that the video is never without. Where it was
 * uploaded to counts before the output folder.
 */
export function announceClip(task: TaskHandle, entry: ClipEntry, run: Pick<ClipsRun, "outDir" | "options">): void {
  const { width, height, duration_sec, thumbnail } = entry;
  const upload = run.options.upload === undefined ? undefined : uploadTo(run.options.upload.place, entry);
  const link = (name: string, url: string | null | undefined) => (url == null ? linkTo(name, run) : { url });
  if (thumbnail !== null) {
    const where = link(thumbnail, upload?.thumbnail_url);
    task.artifact({ type: "thumbnail", name: thumbnail, ...where, mime_type: "image/jpeg" });
  }
  task.artifact({
    type: "video",
    name: entry.file,
    ...link(entry.file, upload?.url),
    size_bytes: entry.size_bytes,
    mime_type: "video/mp4",
    metadata: { width, height, duration_sec, ...(upload !== undefined && { stored_as: upload.key }) },
  });
}
