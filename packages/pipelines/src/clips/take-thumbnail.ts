import { join } from "node:path";
import type { ThumbnailOptions } from "@playhead/ffmpeg";
import { cleanedText, PlayheadError, type TaskHandle } from "@playhead/sdk";
import { thumbnail } from "../media/ffmpeg-calls.ts";
import type { ClipPlan } from "./clip-plan.ts";

/**
 * Takes the picture of a finished clip. A clip without it is still a clip: what goes wrong here is a warning.
 *
 * @returns its file name; null when there is none
 * @throws PlayheadError `canceled`
 */
export async function takeThumbnail(
  task: TaskHandle,
  clip: ClipPlan,
  atSec: number,
  folder: string,
  options: ThumbnailOptions,
): Promise<string | null> {
  try {
    await thumbnail(join(folder, clip.fileName), atSec, join(folder, clip.thumbnailName), options);
    return clip.thumbnailName;
  } catch (error) {
    if (!(error instanceof PlayheadError) || error.code === "canceled") throw error;
    task.warn(`no thumbnail: ${cleanedText(error.message)}`, { error_code: error.code });
    return null;
  }
}
