import { existsSync, readdirSync, renameSync, unlinkSync } from "node:fs";
import path from "node:path";

/**
 * What was put aside of a file: `.1` is the newest, then `.2` …
 *
 *   shift up, with 4 kept:   x.log  .1  .2  .3  .4        the oldest goes: .3 takes its place
 *                              └─►┘└─►┘└─►┘└─►┘           one rename after the other, from the end
 *
 * Renames replace or do not happen, so that a process that is killed between two leaves a gap and nothing else. The
 * order stays, the gap is filled by the next shift, or closed when the files are opened.
 */

/** The name of the n-th file that was put aside. */
export function numbered(file: string, number: number): string {
  return `${file}.${number}`;
}

/** Frees `.1`: each file that was put aside moves up by one, up to the first gap; where there is none, the oldest goes. */
export function shiftUp(file: string, keep: number): void {
  let free = 1;
  while (free < keep && existsSync(numbered(file, free))) free += 1;
  for (let number = free; number > 1; number--) renameSync(numbered(file, number - 1), numbered(file, number));
}

/** Numbers what was put aside without gaps, and removes what is more than to be kept. */
export function closeGaps(file: string, keep: number): void {
  for (const [at, number] of numbersOf(file).entries()) {
    if (at >= keep) unlinkSync(numbered(file, number));
    else if (number !== at + 1) renameSync(numbered(file, number), numbered(file, at + 1));
  }
}

/** The numbers that there are files of, growing. */
function numbersOf(file: string): readonly number[] {
  const start = `${path.basename(file)}.`;
  return readdirSync(path.dirname(file))
    .filter((name) => name.startsWith(start) && /^[1-9]\d*$/.test(name.slice(start.length)))
    .map((name) => Number(name.slice(start.length)))
    .sort((a, b) => a - b);
}
