import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { basename, isAbsolute, relative, resolve, sep } from "node:path";
import { isJsonObject, PlayheadError } from "@playhead/core";

/** A file that may be shown: its folder, and its path within. */
export interface MediaFile {
  readonly folder: string;
  readonly path: string;
}

/** Where the server finds the files that jobs on this machine made. */
export interface MediaRoots {
  /** Lets viewers have the files of a folder. @throws PlayheadError `data_unwritable` when that cannot be kept */
  add(folder: string): void;
  /** The address of a file, relative to the server; null when it lies in no folder that was added. */
  urlOf(file: string): string | null;
  /**
   * The file of an address: the folder by its id, and the path within, decoded. Null for one that is not there, and for
   * one that leads out of its folder, be it by a link.
   */
  fileOf(rootId: string, path: string): Promise<MediaFile | null>;
}

/**
 * The folders whose files may be shown, kept in a small file so that links outlive a restart. Only this process adds to
 * it: a worker elsewhere cannot make the server show a file.
 *
 * @throws PlayheadError `data_damaged` when that file is not what was written.
 */
export function createMediaRoots(file: string): MediaRoots {
  const folders = new Map<string, string>(read(file));

  function add(folder: string): void {
    const path = resolve(folder);
    const name = basename(path)
      .replaceAll(/[^A-Za-z0-9_-]+/g, "-")
      .slice(0, 40);
    const id = `${name}-${digest(path)}`;
    if (folders.get(id) === path) return;
    write(file, [...folders, [id, path]]);
    folders.set(id, path);
  }

  function urlOf(path: string): string | null {
    for (const [id, folder] of folders) {
      const within = withinOf(folder, resolve(path));
      if (within !== null) return `/media/${id}/${within.split(sep).map(encodeURIComponent).join("/")}`;
    }
    return null;
  }

  async function fileOf(rootId: string, path: string): Promise<MediaFile | null> {
    const folder = folders.get(rootId);
    if (folder === undefined) return null;
    try {
      // Both as they really are, so that no link leads out.
      const root = await realpath(folder);
      const real = await realpath(resolve(folder, path));
      const within = withinOf(root, real);
      if (within === null || !(await stat(real)).isFile()) return null;
      return { folder: root, path: within };
    } catch {
      // Whatever cannot be looked at is not there.
      return null;
    }
  }

  return { add, urlOf, fileOf };
}

/** The path of a file within a folder; null when it lies outside, or is the folder itself. */
function withinOf(folder: string, file: string): string | null {
  const within = relative(folder, file);
  const isOutside = within === "" || within === ".." || within.startsWith(`..${sep}`) || isAbsolute(within);
  return isOutside ? null : within;
}

function digest(path: string): string {
  return createHash("sha256").update(path).digest("hex").slice(0, 10);
}

function write(file: string, folders: readonly (readonly [string, string])[]): void {
  try {
    // Written whole, then named: nobody reads half of it.
    writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(folders), null, 2), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch (cause) {
    throw new PlayheadError("data_unwritable", `${file} cannot be written`, {
      hint: "check the disk and the rights of the data folder",
      cause,
    });
  }
}

function read(file: string): [string, string][] {
  if (!existsSync(file)) return [];
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (isJsonObject(value))
      return Object.entries(value).filter((each): each is [string, string] => typeof each[1] === "string");
  } catch (cause) {
    throw new PlayheadError("data_damaged", `${file} is not readable JSON`, {
      hint: "move it away; links to older clips will be gone",
      cause,
    });
  }
  throw new PlayheadError("data_damaged", `expected ${file} to hold a JSON object`);
}
