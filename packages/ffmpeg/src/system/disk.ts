import { constants } from "node:fs";
import { access, mkdir, stat, statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { PlayheadError } from "@playhead/core";
import { displayName } from "./display-name.ts";
import { errnoOf } from "./errno.ts";
import { formatBytes } from "./format-bytes.ts";

/** The nearest folder at or above a path that exists: what is not made yet will be on its disk. */
async function nearestExisting(folder: string): Promise<string> {
  let path = resolve(folder);
  for (;;) {
    try {
      await stat(path);
      return path;
    } catch (error) {
      const parent = dirname(path);
      if (errnoOf(error) !== "ENOENT" || parent === path) throw error;
      path = parent;
    }
  }
}

/**
 * How much may still be written to the disk that holds (or will hold) a folder, in bytes.
 * @throws PlayheadError `output_unwritable` when the disk cannot be asked
 */
export async function freeDiskBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(await nearestExisting(folder));
    return bavail * bsize;
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/**
 * Makes sure that a folder's disk has room; the margin for others is the caller's to add.
 * @throws PlayheadError `disk_full` with `detail.needed_bytes` and `detail.free_bytes`
 */
export async function ensureDiskSpace(folder: string, neededBytes: number): Promise<void> {
  const freeBytes = await freeDiskBytes(folder);
  if (freeBytes >= neededBytes) return;
  const message = `the disk of ${displayName(folder)} has ${formatBytes(freeBytes)} free, but about ${formatBytes(neededBytes)} are needed`;
  throw new PlayheadError("disk_full", message, {
    hint: "free some space there, or choose an output folder on another disk",
    detail: { needed_bytes: neededBytes, free_bytes: freeBytes },
  });
}

/**
 * Makes a folder (and those above it) if need be, and makes sure that we may write into it.
 * @throws PlayheadError `output_unwritable` or `disk_full`
 */
export async function ensureWritableFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unwritable(folder, error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EROFS: "the disk is read-only",
  ENOENT: "it does not exist and cannot be made there",
  ENOTDIR: "a part of its path is a file",
  EEXIST: "a file has that name",
  ENAMETOOLONG: "the name is too long",
};

/** The error for a folder or file that cannot be written, from what the system said. */
export function unwritable(path: string, cause: unknown): PlayheadError {
  const errno = errnoOf(cause);
  if (errno === "ENOSPC" || errno === "EDQUOT") {
    return new PlayheadError("disk_full", `the disk of ${displayName(path)} is full`, {
      hint: "free some space there, or choose an output folder on another disk",
      cause,
    });
  }
  const reason = (errno !== null && REASONS[errno]) || `the system says ${errno ?? "no"}`;
  return new PlayheadError("output_unwritable", `cannot write to ${displayName(path)}: ${reason}`, {
    hint: "choose another output folder, or change its permissions",
    cause,
  });
}
