import { realpathSync } from "node:fs";
import { isAbsolute, join, sep } from "node:path";
import { PlayheadError } from "@playhead/sdk";
import { fileWords } from "../../media/words.ts";

/**
 * Finds files by the names that rows give them: below a folder, and nowhere else, whatever a name or a link says.
 *
 * @param allowAny whether absolute paths, and those that lead out of the folder, may be named, too
 */
export function createFileFinder(folder: string, allowAny = false): (name: string) => string {
  return (name) => {
    const wanted = isAbsolute(name) ? name : join(folder, name);
    if (!allowAny && (isAbsolute(name) || name.includes("\0") || !isBelow(wanted, folder))) throw outside(name);
    const [path, root] = [realOf(wanted, name), realOf(folder, folder)];
    if (!allowAny && !isBelow(path, root)) throw outside(name);
    return path;
  };
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function realOf(path: string, name: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    throw new PlayheadError("input_missing", `there is no file "${fileWords(name)}"`, {
      hint: "names of files are taken relative to the folder of the rows",
      cause,
    });
  }
}

function outside(name: string): PlayheadError {
  return new PlayheadError("input_refused", `"${fileWords(name)}" lies outside of the folder of the rows`, {
    hint: "put the file there, or allow other folders with --any-folder",
  });
}
