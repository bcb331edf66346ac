import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, isAbsolute, join, relative, resolve, sep } from "node:path";
import { isJsonObject, PlayheadError } from "@playhead/core";

/** Where the server finds the files that jobs on this machine made. */
export interface MediaRoots {
  /** Lets viewers have the files of a folder. */
  add(folder: string): void;
  /** The address of a file, relative to the server; null when it lies in no folder that was added. */
  urlOf(file: string): string | null;
  /** The folder of an id out of an address; null for an unknown one. */
  folderOf(rootId: string): string | null;
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
    const id = `${basename(path).replaceAll(/[^A-Za-z0-9_-]+/g, "-").slice(0, 40)}-${digest(path)}`;
    if (folders.get(id) === path) return;
    folders.set(id, path);
    writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(folders), null, 2), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  function urlOf(path: string): string | null {
    for (const [id, folder] of folders) {
      const within = relative(folder, resolve(path));
      if (within === "" || within.startsWith("..") || isAbsolute(within)) continue;
      return `/media/${id}/${within.split(sep).map(encodeURIComponent).join("/")}`;
    }
    return null;
  }

  return { add, urlOf, folderOf: (id) => folders.get(id) ?? null };
}

function digest(path: string): string {
  return createHash("sha256").update(path).digest("hex").slice(0, 10);
}

function read(file: string): [string, string][] {
  if (!existsSync(file)) return [];
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (isJsonObject(value)) return Object.entries(value).filter((each): each is [string, string] => typeof each[1] === "string");
  } catch (cause) {
    throw new PlayheadError("data_damaged", `${join(file)} is not readable JSON`, { hint: "move it away; links to older clips will be gone", cause });
  }
  throw new PlayheadError("data_damaged", `expected ${file} to hold a JSON object`);
}
