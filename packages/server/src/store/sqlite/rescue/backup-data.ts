import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import path from "node:path";
import { PlayheadError } from "@playhead/core";
import { syncPath } from "../planned-moves.ts";
import { asStoreError } from "../store-error.ts";
import { type BackedUpFile, type BackupManifest, describeFile, isBackup, writeManifest } from "./backup-manifest.ts";
import { copyDatabase } from "./copy-database.ts";
import { expectRoom, findDataFiles, listReports } from "./data-files.ts";
import { FACTS_DATABASE } from "./database-kinds.ts";
import { readEpoch } from "./epoch.ts";
import { inRescueThread } from "./rescue-thread.ts";

/** How far a backup or its return is. */
export type OnRescueStage = (stage: string, fraction: number) => void;

export interface BackupOptions {
  /** The data folder; a server may have it. */
  readonly folder: string;
  /** A folder to make; or one that is there, which then gets the backup as a folder of its own. */
  readonly destination: string;
  readonly version: string;
  readonly nowMs: () => number;
  /** @defaultValue false */
  readonly withLogs?: boolean;
  readonly signal?: AbortSignal;
  readonly onStage?: OnRescueStage;
}

/** A backup that is whole and on the disk. */
export interface Backup {
  readonly folder: string;
  readonly manifest: BackupManifest;
}

/**
 * Backs up a data folder, also while a server runs on it: each database as it stood at one moment, the facts last. It
 * gets its name when it is whole.
 *
 * @throws PlayheadError `not_found`, `conflict`, `disk_full`, `output_unwritable`, `data_damaged`
 */
export async function backupData(options: BackupOptions): Promise<Backup> {
  const { folder, destination, nowMs, withLogs = false, signal, onStage } = options;
  if (!existsSync(path.join(folder, FACTS_DATABASE.fileName))) {
    throw new PlayheadError("not_found", `there is no data in ${folder}`, { hint: "name the data folder with --data" });
  }
  const target = targetOf(destination, nowMs());
  const partial = `${target}.partial-${process.pid}`;
  makeFolder(partial);
  try {
    const found = findDataFiles(folder, { withLogs });
    expectRoom(partial, found.sizeBytes);
    for (const name of found.databases) {
      const onProgress = (fraction: number) => onStage?.(`copying ${name}`, fraction);
      await copyDatabase({
        file: path.join(folder, name),
        to: path.join(partial, name),
        onProgress,
        ...(signal && { signal }),
      });
    }
    const takenMs = nowMs();
    const others = [...found.others, ...listReports(folder)];
    for (const name of others) await copyOwn(folder, partial, name);
    const names = [...found.databases, ...others].filter((name) => existsSync(path.join(partial, name)));
    await expectWell(partial, onStage);
    signal?.throwIfAborted();
    const files: BackedUpFile[] = [];
    for (const name of names) {
      onStage?.("summing up", files.length / names.length);
      chmodSync(path.join(partial, name), 0o600);
      files.push(await describeFile(partial, name));
      syncPath(path.join(partial, name));
    }
    const manifest: BackupManifest = {
      format: 1,
      playhead_version: options.version,
      epoch: readEpoch(path.join(partial, FACTS_DATABASE.fileName)) ?? "",
      taken_at: new Date(takenMs).toISOString(),
      files,
      media: found.media,
    };
    writeManifest(partial, manifest);
    syncPath(partial);
    signal?.throwIfAborted();
    renameSync(partial, target);
    syncPath(path.dirname(target));
    return { folder: target, manifest };
  } catch (error) {
    signal?.throwIfAborted();
    throw asOutputError(error, partial);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** @throws PlayheadError `conflict` where something else is there already */
function targetOf(destination: string, nowMs: number): string {
  const folder = path.resolve(destination);
  const there = statSync(folder, { throwIfNoEntry: false });
  if (there === undefined) return folder;
  if (!there.isDirectory() || isBackup(folder)) {
    throw new PlayheadError("conflict", `${folder} is there already`, { hint: "name another folder" });
  }
  return path.join(folder, `playhead-${timeName(nowMs)}`);
}

/** A moment as part of a file's name, in the order of time. */
export function timeName(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[:.]/g, "-");
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw asOutputError(error, folder);
  }
}

async function copyOwn(from: string, to: string, name: string): Promise<void> {
  mkdirSync(path.dirname(path.join(to, name)), { recursive: true, mode: 0o700 });
  try {
    await copyFile(path.join(from, name), path.join(to, name));
  } catch (error) {
    // A log file may have been rotated away since they were listed, a report let go of.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** A backup of what is damaged would be found out when it is too late. */
async function expectWell(folder: string, onStage: OnRescueStage | undefined): Promise<void> {
  const findings = await inRescueThread(
    (thread) => thread.call("check", folder, "pages"),
    (fraction) => onStage?.("checking", fraction),
  );
  const ill = findings.find(({ verdict }) => verdict !== "well" && verdict !== "absent");
  if (ill === undefined) return;
  throw new PlayheadError("data_damaged", `${ill.fileName} is damaged: ${ill.faults[0] ?? ill.verdict}`, {
    hint: "run playhead doctor --repair, then back up",
  });
}

/** Errors of the file system, as whoever asked for the backup should hear them. */
export function asOutputError(error: unknown, folder: string): PlayheadError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new PlayheadError("disk_full", `${folder} has no room left on its disk`, {
      hint: "free some space there",
      cause: error,
    });
  }
  if (/^E[A-Z]+$/.test(code)) {
    return new PlayheadError("output_unwritable", `${folder} cannot be written (${code})`, {
      hint: "choose another folder, or change its permissions",
      cause: error,
    });
  }
  return asStoreError(error, folder);
}
