import { basename } from "node:path";
import type { ThumbnailOptions } from "@playhead/ffmpeg";
import { cleanedText, PlayheadError, type TaskHandle } from "@playhead/sdk";
import { thumbnail } from "./ffmpeg-calls.ts";

/**
 * Takes the picture of a finished video. A video without it is still a video: what goes wrong here is a warning.
 *
 * @returns the picture's file name; null when there is none
 * @throws PlayheadError `canceled`
 */
export async function takeThumbnail(
  task: TaskHandle,
  videoPath: string,
  atSec: number,
  picturePath: string,
  options: ThumbnailOptions,
): Promise<string | null> {
  try {
    await thumbnail(videoPath, atSec, picturePath, options);
    return basename(picturePath);
  } catch (error) {
    if (!(error instanceof PlayheadError) || error.code === "canceled") throw error;
    task.warn(`no thumbnail: ${cleanedText(error.message)}`, { error_code: error.code });
    return null;
  }
}
