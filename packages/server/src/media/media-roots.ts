import { createHash } from "node:crypto";
import { type Dirent, mkdirSync, readdirSync, readlinkSync, symlinkSync } from "node:fs";
import { readlink, realpath, stat } from "node:fs/promises";
import { basename, isAbsolute, join, relative, resolve, sep } from "node:path";
import { PlayheadError } from "@playhead/core";

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

const ID = /^[A-Za-z0-9_-]+$/;

/**
 * The folders whose files may be shown, kept as links in a folder of the data folder: so addresses outlive a restart, and
 * what another process of the same user adds is found as well. Whoever may not write there adds nothing: a worker
 * elsewhere cannot make the server show a file.
 */
export function createMediaRoots(dataFolder: string): MediaRoots {
  const links = join(dataFolder, "media");
  const folders = new Map<string, string>(readLinks(links));

  function add(folder: string): void {
    const path = resolve(folder);
    const name = basename(path)
      .replaceAll(/[^A-Za-z0-9_-]+/g, "-")
      .slice(0, 40);
    const id = `${name}-${digest(path)}`;
    if (folders.get(id) === path) return;
    keepLink(links, id, path);
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
    if (!ID.test(rootId)) return null;
    try {
      // One that is not known yet may have been added by another process since.
      const folder = folders.get(rootId) ?? (await readlink(join(links, rootId)));
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

function keepLink(links: string, id: string, path: string): void {
  try {
    mkdirSync(links, { recursive: true, mode: 0o700 });
    // Windows makes a junction without special rights; elsewhere the type has no meaning.
    symlinkSync(path, join(links, id), "junction");
  } catch (cause) {
    // Another process was first: the id says which folder it is.
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return;
    throw new PlayheadError("data_unwritable", `${links} cannot be written`, {
      hint: "check the disk and the rights of the data folder",
      cause,
    });
  }
}

function readLinks(links: string): [string, string][] {
  let entries: Dirent[];
  try {
    entries = readdirSync(links, { withFileTypes: true });
  } catch {
    // Nothing was added yet; one that cannot be read will say so when something is.
    return [];
  }
  return entries
    .filter((entry) => entry.isSymbolicLink() && ID.test(entry.name))
    .map(({ name }) => [name, readlinkSync(join(links, name))]);
}
