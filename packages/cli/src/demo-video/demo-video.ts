import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { PlayheadError } from "@playhead/core";
import { planTask, run } from "@playhead/ffmpeg";
import { demoVideoTask } from "./recipe.ts";

/** Changes with the recipe, so that nobody keeps seeing an old one. */
const FILE_NAME = "demo-1.mp4";

export interface DemoVideoOptions {
  readonly dataFolder: string;
  readonly registryDir: string;
  readonly ffmpegPath?: string | undefined;
  readonly signal: AbortSignal;
  /** How far it is, 0..1; not called when the video is there already. */
  readonly onProgress: (fraction: number) => void;
}

/**
 * The demo video of a data folder: the one that is there, else a new one. It has its name only when it is whole.
 *
 * @returns its path
 * @throws PlayheadError as ffmpeg's `run` does; `output_unwritable` when its folder cannot be made
 */
export async function ensureDemoVideo(options: DemoVideoOptions): Promise<string> {
  const { dataFolder, registryDir, ffmpegPath, signal, onProgress } = options;
  const folder = join(dataFolder, "demo");
  const path = join(folder, FILE_NAME);
  if (existsSync(path)) return path;
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new PlayheadError("output_unwritable", `the folder ${folder} cannot be made`, {
      hint: "check the rights of the data folder",
      cause,
    });
  }
  await run(planTask(demoVideoTask(path)), {
    signal,
    registryDir,
    ffmpegPath,
    onProgress: ({ fraction }) => onProgress(fraction ?? 0),
  });
  return path;
}
