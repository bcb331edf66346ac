import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { PlayheadError } from "@playhead/core";
import { displayName } from "../system/display-name.ts";
import { errnoOf } from "../system/errno.ts";

/**
 * Looks at a file before any program opens it.
 * @returns its size in bytes, over 0
 * @throws PlayheadError `input_missing`, `input_refused` (not a regular file, unreadable) or `input_empty`
 */
export async function checkInputFile(path: string): Promise<number> {
  const name = displayName(path);
  if (path === "" || path.includes("\0")) {
    throw new PlayheadError("input_missing", `expected the path of a file, got ${path === "" ? '""' : name}`, {
      hint: "give the path of a video file",
    });
  }
  const found = await stat(path).catch((error: unknown) => {
    throw cannotOpen(name, path, error);
  });
  if (found.isDirectory()) {
    throw new PlayheadError("input_refused", `${name} is a folder, not a video file`, {
      hint: "give the path of one file in it",
      cause: new Error(path),
    });
  }
  if (!found.isFile()) {
    throw new PlayheadError("input_refused", `${name} is not a regular file (a device, pipe or socket)`, {
      hint: "save it as a file first, and give that file's path",
      cause: new Error(path),
    });
  }
  await access(path, constants.R_OK).catch((error: unknown) => {
    throw cannotOpen(name, path, error);
  });
  if (found.size === 0) {
    throw new PlayheadError("input_empty", `${name} is empty (0 bytes)`, {
      hint: "copy or download it again: nothing arrived",
      cause: new Error(path),
    });
  }
  return found.size;
}

function cannotOpen(name: string, path: string, error: unknown): PlayheadError {
  const errno = errnoOf(error);
  const cause = error instanceof Error ? error : new Error(path);
  if (errno === "EACCES" || errno === "EPERM") {
    return new PlayheadError("input_refused", `${name} may not be read: permission is denied`, {
      hint: "change its permissions, or run as a user who may read it",
      cause,
    });
  }
  if (errno === "ENOENT" || errno === "ENOTDIR" || errno === "ENAMETOOLONG" || errno === "ELOOP") {
    return new PlayheadError("input_missing", `there is no file ${name}`, {
      hint: "check the path: it is taken relative to the folder where the program was started",
      cause,
    });
  }
  return new PlayheadError("input_refused", `${name} cannot be opened: the system says ${errno ?? "no"}`, { cause });
}
