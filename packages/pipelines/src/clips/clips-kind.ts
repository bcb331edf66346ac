import * as z from "zod";
import type { JobKind } from "../job-kind.ts";
import { runClipsIn } from "./run-clips.ts";
import { parseScenes } from "./scenes.ts";
import { STYLES } from "./styles/registry.ts";

const MAX_PARALLEL = 16;

const scene = z.strictObject({
  scene_id: z.string().optional(),
  title: z.string().max(200).optional(),
  start_sec: z.number().min(0),
  end_sec: z.number().positive(),
});

const input = z.strictObject({
  file: z.string().min(1).meta({ title: "Video", format: "upload" }),
  styles: z
    .array(z.enum(STYLES.map(({ name }) => name)))
    .min(1)
    .optional()
    .meta({ title: "Styles", description: "All of them, unless some are chosen" }),
  scenes: z
    .array(scene)
    .min(1)
    .optional()
    .meta({ title: "Scenes", description: "Found by where the picture changes, unless given" }),
  max_parallel: z.int().min(1).max(MAX_PARALLEL).optional().meta({ title: "Clips at a time" }),
});

/** Clips as jobs of the server. */
export const clipsKind: JobKind = {
  kind: "clips",
  title: "Clips",
  description: "Cuts a video into clips, scene by scene and style by style.",
  input,
  run({ playhead, started, input: given, place }) {
    const { file, styles, scenes, max_parallel } = input.parse(given);
    const { job, signal, retry_of } = started;
    return runClipsIn(playhead, job, {
      input: place.fileOf(file),
      outDir: place.outDir({ jobId: job.job_id, retry_of }),
      registryDir: place.registryDir,
      urlOf: place.urlOf,
      signal,
      ...(place.ffmpegPath !== undefined && { ffmpegPath: place.ffmpegPath }),
      ...(styles !== undefined && { styles }),
      ...(scenes !== undefined && { scenes: parseScenes(scenes) }),
      ...(max_parallel !== undefined && { maxParallel: max_parallel }),
    });
  },
};
