import { open, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { unwritable } from "@playhead/ffmpeg";
import type { Frame } from "./choose-frame.ts";
import type { Joined } from "./joined.ts";
import type { MergeRun } from "./merge-run.ts";
import { segmentsOf } from "./segments.ts";

/**
 * Gives the result and what is told of it their names: each is whole when it appears.
 *
 * @throws PlayheadError `output_unwritable` or `disk_full`
 */
export async function publish(
  joined: Joined,
  frame: Frame,
  { output, segmentsFile, workDir }: MergeRun,
): Promise<void> {
  const text = `${JSON.stringify(segmentsOf(basename(output), joined, frame), null, 2)}\n`;
  const told = join(workDir, "segments.json");
  try {
    const file = await open(told, "w");
    try {
      await file.writeFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(joined.path, output);
    await rename(told, segmentsFile);
  } catch (error) {
    throw unwritable(output, error);
  }
}
