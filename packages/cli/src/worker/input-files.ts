import { realpathSync, statSync } from "node:fs";
import { isAbsolute, relative, sep } from "node:path";
import { isJsonObject, PlayheadError } from "@playhead/core";

/** How an input names a file that was uploaded to the server. */
const UPLOAD = /^upload:([A-Za-z0-9_-]{1,100})$/;

/** The ids of the uploads that an input names, each once. */
export function uploadsIn(input: unknown): readonly string[] {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value === "string") {
      const id = UPLOAD.exec(value)?.[1];
      if (id !== undefined) found.add(id);
    } else if (Array.isArray(value)) for (const each of value) look(each);
    else if (isJsonObject(value)) for (const each of Object.values(value)) look(each);
  };
  look(input);
  return [...found];
}

/**
 * Finds the files that a job names: uploads by `upload:<id>`, and files of this machine by their path, as far as they lie
 * in a folder that was allowed.
 *
 * @param uploads where each upload lies, or why it cannot be had
 */
export function inputFiles(
  uploads: ReadonlyMap<string, string | PlayheadError>,
  inputFolders: readonly string[],
): (name: string) => string {
  return (name) => {
    const uploadId = UPLOAD.exec(name)?.[1];
    if (uploadId !== undefined) {
      const found = uploads.get(uploadId) ?? new PlayheadError("input_missing", `there is no upload ${uploadId}`);
      if (typeof found !== "string") throw found;
      return found;
    }
    return allowedFile(name, inputFolders);
  };
}

/** Where the file really lies, whatever links lead there. */
function allowedFile(name: string, folders: readonly string[]): string {
  // The same words for what is not there and what may not be read: nobody is told which files a machine has.
  const refused = (cause?: unknown) =>
    new PlayheadError("input_refused", "the worker may not read a file by that path", {
      hint: "upload the file, or name one in a folder of the setting worker.input_folders by its whole path",
      cause,
    });
  if (!isAbsolute(name)) throw refused();
  try {
    const real = realpathSync(name);
    if (folders.some((folder) => liesIn(realpathOf(folder), real)) && statSync(real).isFile()) return real;
  } catch (cause) {
    throw refused(cause);
  }
  throw refused();
}

function realpathOf(folder: string): string | null {
  try {
    return realpathSync(folder);
  } catch {
    // A folder that is not there holds no file.
    return null;
  }
}

function liesIn(folder: string | null, file: string): boolean {
  if (folder === null) return false;
  const within = relative(folder, file);
  return within !== "" && within !== ".." && !within.startsWith(`..${sep}`) && !isAbsolute(within);
}
