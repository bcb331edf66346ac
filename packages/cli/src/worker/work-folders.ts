import { mkdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { PlayheadError } from "@playhead/core";

/** The folder in which a job leaves what it makes, the same for each attempt at it; made when it is not there. */
export function workFolderOf(workDir: string, firstAttempt: string): string {
  const folder = join(workDir, firstAttempt);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    touch(folder);
  } catch (cause) {
    throw new PlayheadError("output_unwritable", `the work folder ${folder} cannot be written`, {
      hint: "check the disk and the rights of the folder",
      cause,
    });
  }
  return folder;
}

/** Notes that somebody was at work there: what nobody has touched for long is cleaned away. */
export function touch(folder: string): void {
  const now = new Date();
  utimesSync(folder, now, now);
}
