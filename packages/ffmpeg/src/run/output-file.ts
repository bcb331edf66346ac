import { randomBytes } from "node:crypto";
import { open, realpath, rename, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { PlayheadError } from "@playhead/core";
import { ensureWritableFolder, unwritable } from "../system/disk.ts";
import { displayName } from "../system/display-name.ts";

/** File systems take names of 255 bytes. */
const MAX_NAME_BYTES = 255;

/** A file that is written under another name until it is whole. */
export interface OutputFile {
  /** `name.mp4.1f2e3d4c.part`: in the same folder, and of this run alone, so that two runs cannot mix their bytes. */
  readonly partPath: string;
  readonly finalPath: string;
  /** Puts the part on the disk for good and gives it its name, replacing what had it: all or nothing. */
  publish(): Promise<void>;
}

/**
 * Makes sure that an output can be written where it is to be, before any work is done for it.
 * @throws PlayheadError `output_unwritable`, `disk_full`, or `invalid_request` when it would replace an input
 */
export async function prepareOutput(path: string, inputPaths: readonly string[]): Promise<OutputFile> {
  const finalPath = resolve(path);
  const folder = dirname(finalPath);
  await ensureWritableFolder(folder);
  const existing = await stat(finalPath).catch(() => null);
  if (existing?.isDirectory()) {
    throw new PlayheadError("output_unwritable", `cannot write to ${displayName(finalPath)}: a folder has that name`, {
      hint: "choose another name, or remove the folder",
    });
  }
  if (existing !== null) await refuseInput(finalPath, inputPaths);
  const suffix = `.${randomBytes(4).toString("hex")}.part`;
  const name = basename(finalPath) + suffix;
  const partPath = join(folder, Buffer.byteLength(name) > MAX_NAME_BYTES ? suffix : name);
  return {
    partPath,
    finalPath,
    async publish() {
      try {
        await flush(partPath);
        await rename(partPath, finalPath);
      } catch (error) {
        throw unwritable(finalPath, error);
      }
    },
  };
}

/** Names may differ while the file is the same: links, `..`, a file system that ignores case. */
async function refuseInput(finalPath: string, inputPaths: readonly string[]): Promise<void> {
  const output = await realpath(finalPath);
  for (const inputPath of inputPaths) {
    const input = await realpath(inputPath).catch(() => null);
    if (input !== output) continue;
    throw new PlayheadError("invalid_request", `the output ${displayName(finalPath)} is the input itself`, {
      hint: "choose another output folder or name",
    });
  }
}

/** A name that outlives a power cut must not lead to content that does not. */
async function flush(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}
