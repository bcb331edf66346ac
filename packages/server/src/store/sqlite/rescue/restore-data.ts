import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { chmod, copyFile } from "node:fs/promises";
import path from "node:path";
import { PlayheadError } from "@playhead/core";
import { lockData } from "../data-lock.ts";
import { finishMoves, type Move, performMoves, removeWorkFolder, syncPath } from "../planned-moves.ts";
import { asOutputError, type OnRescueStage, timeName } from "./backup-data.ts";
import { type BackupManifest, invalidBackup, readManifest, verifyFile } from "./backup-manifest.ts";
import { expectRoom } from "./data-files.ts";
import { DATABASES, FACTS_DATABASE } from "./database-kinds.ts";
import { writeEpoch } from "./epoch.ts";
import { inRescueThread } from "./rescue-thread.ts";

export interface RestoreOptions {
  /** The folder of a backup. */
  readonly source: string;
  /** The data folder; made when it is not there. No server may have it. */
  readonly folder: string;
  readonly newEpoch: string;
  readonly nowMs: () => number;
  readonly onStage?: OnRescueStage;
}

/** What a backup's return has changed. */
export interface Restored {
  readonly manifest: BackupManifest;
  /** Where what was there before is now; null where nothing was. */
  readonly asideFolder: string | null;
}

/**
 * Puts a backup in the place of what a data folder holds, whole or not at all. What was there is put aside, never
 * removed. The history gets a new epoch, so that viewers take it anew.
 *
 * @throws PlayheadError `not_found`, `backup_invalid`, `data_newer`: nothing was touched; `data_in_use` while a server
 * has the folder; `disk_full`, `output_unwritable`, `data_unwritable`: nothing was changed
 */
export async function restoreData({ source, folder, newEpoch, nowMs, onStage }: RestoreOptions): Promise<Restored> {
  const manifest = readManifest(source);
  await verify(source, manifest, onStage);
  const lock = lockData(folder);
  const asideName = `before-restore-${timeName(nowMs())}`;
  const workName = `${asideName}.new`;
  try {
    finishMoves(folder);
    expectRoom(
      folder,
      manifest.files.reduce((sum, { size_bytes }) => sum + size_bytes, 0),
    );
    for (const [place, { path: name }] of manifest.files.entries()) {
      onStage?.("restoring", place / manifest.files.length);
      await copyIn(path.join(source, name), path.join(folder, workName, name));
    }
    writeEpoch(path.join(folder, workName, FACTS_DATABASE.fileName), newEpoch);
    for (const { path: name } of manifest.files) syncPath(path.join(folder, workName, name));
    const moves = planMoves(folder, manifest, { asideName, workName });
    performMoves(folder, moves);
    addMediaLinks(folder, manifest);
    return {
      manifest,
      asideFolder: moves.some(({ to }) => to.startsWith(asideName)) ? path.join(folder, asideName) : null,
    };
  } catch (error) {
    throw asOutputError(error, folder);
  } finally {
    removeWorkFolder(folder, workName);
    lock.release();
  }
}

/** @throws PlayheadError `backup_invalid`, `data_newer` */
async function verify(source: string, { files }: BackupManifest, onStage: OnRescueStage | undefined): Promise<void> {
  if (!files.some(({ path: name }) => name === FACTS_DATABASE.fileName)) throw invalidBackup("it holds no database");
  for (const [place, file] of files.entries()) {
    onStage?.("checking the files", place / files.length);
    await verifyFile(source, file);
  }
  const findings = await inRescueThread(
    (thread) => thread.call("check", source, "rows"),
    (fraction) => onStage?.("checking the databases", fraction),
  );
  for (const { verdict, fileName, faults } of findings) {
    const fault = `${fileName}: ${faults[0] ?? verdict}`;
    if (verdict === "newer") throw new PlayheadError("data_newer", fault, { hint: "update Playhead, then restore it" });
    if (verdict !== "well" && verdict !== "absent") throw invalidBackup(fault);
  }
}

async function copyIn(from: string, to: string): Promise<void> {
  mkdirSync(path.dirname(to), { recursive: true, mode: 0o700 });
  await copyFile(from, to);
  await chmod(to, 0o600);
}

/** First what is there goes aside, then what was copied gets its place. */
function planMoves(
  folder: string,
  { files }: BackupManifest,
  { asideName, workName }: { readonly asideName: string; readonly workName: string },
): readonly Move[] {
  const databases = DATABASES.flatMap(({ fileName }) => [fileName, `${fileName}-wal`, `${fileName}-shm`]);
  const names = new Set([...databases, ...files.map(({ path: name }) => name)]);
  const there = [...names].filter((name) => existsSync(path.join(folder, name)));
  return [
    ...there.map((name) => ({ from: name, to: path.join(asideName, name) })),
    ...files.map(({ path: name }) => ({ from: path.join(workName, name), to: name })),
  ];
}

function addMediaLinks(folder: string, { media }: BackupManifest): void {
  const links = path.join(folder, "media");
  for (const [id, target] of Object.entries(media)) {
    if (!/^[A-Za-z0-9_-]+$/.test(id) || existsSync(path.join(links, id))) continue;
    try {
      mkdirSync(links, { recursive: true, mode: 0o700 });
      symlinkSync(target, path.join(links, id), "junction");
    } catch {
      // Only the address of a file depends on it; the next job that makes files there adds it again.
    }
  }
}
