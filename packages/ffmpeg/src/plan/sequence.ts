import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { PlayheadError } from "@playhead/core";
import { unwritable } from "../system/disk.ts";

/** One file of a sequence. */
export interface SequencePart {
  readonly path: string;
  /** When the next one begins, after this one did. */
  readonly durationSec: number;
}

const LIST_NAME = "sequence.ffconcat";

/**
 * Writes the list that a `SequenceInput` reads.
 *
 * @param folder where the list goes; it is the caller's to remove
 * @returns the list's path
 * @throws PlayheadError `invalid_request` for a path that a list cannot name, `output_unwritable` or `disk_full`
 */
export async function writeSequence(folder: string, parts: readonly SequencePart[]): Promise<string> {
  const path = join(folder, LIST_NAME);
  const text = sequenceText(parts);
  await writeFile(path, text).catch((error: unknown) => {
    throw unwritable(path, error);
  });
  return path;
}

/** The list as ffmpeg reads it: a line each, so that no path may have a line break. */
export function sequenceText(parts: readonly SequencePart[]): string {
  const lines = parts.flatMap(({ path, durationSec }) => {
    const file = `file:${resolve(path)}`;
    if (/[\r\n]/.test(file)) {
      const message = "expected a folder without a line break in its name: several files cannot be read as one there";
      throw new PlayheadError("invalid_request", message, { hint: "choose another output folder" });
    }
    return [`file '${file.replaceAll("'", "'\\''")}'`, `duration ${durationSec.toFixed(6)}`];
  });
  return `${["ffconcat version 1.0", ...lines].join("\n")}\n`;
}
