import { createHash } from "node:crypto";
import { createReadStream, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isJsonObject, PlayheadError } from "@playhead/core";

/** A file of a backup. */
export interface BackedUpFile {
  /** Relative to the backup, as it is to the data folder. */
  readonly path: string;
  readonly size_bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** What a backup says of itself. */
export interface BackupManifest {
  readonly format: 1;
  readonly playhead_version: string;
  readonly epoch: string;
  /** ISO 8601, UTC: after all that is in it, and before all that is not. */
  readonly taken_at: string;
  readonly files: readonly BackedUpFile[];
  /** Folders whose files viewers may have, by the ids in their addresses. */
  readonly media: Readonly<Record<string, string>>;
}

const MANIFEST_NAME = "manifest.json";

export function writeManifest(folder: string, manifest: BackupManifest): void {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  writeFileSync(path.join(folder, MANIFEST_NAME), text, { mode: 0o600, flush: true });
}

/** Whether a folder says that it is a backup. */
export function isBackup(folder: string): boolean {
  return statSync(path.join(folder, MANIFEST_NAME), { throwIfNoEntry: false }) !== undefined;
}

/** What a backup says of itself. @throws PlayheadError `not_found`, `backup_invalid`, `data_newer` */
export function readManifest(folder: string): BackupManifest {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) {
    throw new PlayheadError("not_found", `there is no backup at ${folder}`, { hint: "name the folder of a backup" });
  }
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path.join(folder, MANIFEST_NAME), "utf8"));
  } catch (cause) {
    throw invalidBackup(`${folder} has no ${MANIFEST_NAME} that can be read`, cause);
  }
  if (!isJsonObject(value) || typeof value.format !== "number") throw invalidBackup(`${MANIFEST_NAME} is none of ours`);
  if (value.format > 1) {
    throw new PlayheadError("data_newer", `${folder} was made by Playhead ${String(value.playhead_version)}`, {
      hint: "restore it with that version, or a newer one",
    });
  }
  const { files, epoch, taken_at: takenAt, media = {} } = value;
  const isWhole =
    Array.isArray(files) && files.every(isFile) && typeof epoch === "string" && typeof takenAt === "string";
  if (!isWhole || !isJsonObject(media)) throw invalidBackup(`${MANIFEST_NAME} is not whole`);
  return value as unknown as BackupManifest;
}

/** Looks whether a file is the one that was backed up. @throws PlayheadError `backup_invalid` */
export async function verifyFile(folder: string, { path: name, size_bytes, sha256 }: BackedUpFile): Promise<void> {
  const file = path.join(folder, name);
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) throw invalidBackup(`${name} is missing`);
  if (size !== size_bytes) throw invalidBackup(`expected ${name} to have ${size_bytes} bytes, got ${size}`);
  if ((await sumOf(file)) !== sha256) throw invalidBackup(`${name} is not what was backed up: its checksum differs`);
}

/** A file as the manifest tells of it. */
export async function describeFile(folder: string, name: string): Promise<BackedUpFile> {
  const file = path.join(folder, name);
  return { path: name, size_bytes: statSync(file).size, sha256: await sumOf(file) };
}

export function invalidBackup(message: string, cause?: unknown): PlayheadError {
  return new PlayheadError("backup_invalid", message, {
    hint: "use another backup; nothing was changed",
    ...(cause !== undefined && { cause }),
  });
}

async function sumOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1_048_576 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** Paths that lead out of the folder are no paths of ours. */
function isFile(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  const { path: name, size_bytes: size, sha256 } = value;
  if (typeof name !== "string" || typeof size !== "number" || typeof sha256 !== "string") return false;
  return !path.isAbsolute(name) && !name.split(/[\\/]/).includes("..");
}
