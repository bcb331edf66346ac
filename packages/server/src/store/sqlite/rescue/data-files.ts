import { readdirSync, readlinkSync, statfsSync, statSync } from "node:fs";
import path from "node:path";
import { PlayheadError } from "@playhead/core";
import { DATABASES } from "./database-kinds.ts";

/** Secrets of a data folder: who has them may do everything. */
const SECRET_NAMES = ["access-key", "session-secret"] as const;
const MEDIA_NAME = "media";
const LOGS_NAME = "logs";
const REPORTS_NAME = "reports";
/** Beside what is written itself: for names, and for what others write meanwhile. */
const SPARE_BYTES = 16 * 1024 * 1024;

/** Which files of a data folder are backed up, by their names in it. */
export interface DataFiles {
  /** In the order in which they are to be copied. */
  readonly databases: readonly string[];
  /** Secrets, and logs where they are wanted. */
  readonly others: readonly string[];
  readonly media: Readonly<Record<string, string>>;
  /** Of all together. */
  readonly sizeBytes: number;
}

export function findDataFiles(folder: string, { withLogs }: { readonly withLogs: boolean }): DataFiles {
  const sizeOf = (name: string) => statSync(path.join(folder, name), { throwIfNoEntry: false })?.size;
  const databases = DATABASES.map(({ fileName }) => fileName).filter((name) => sizeOf(name) !== undefined);
  const secrets = SECRET_NAMES.filter((name) => sizeOf(name) !== undefined);
  const others = [...secrets, ...(withLogs ? listFiles(folder, LOGS_NAME) : [])];
  // What stands in a log may make the file longer.
  const all = [...databases, ...databases.map((name) => `${name}-wal`), ...others, ...listReports(folder)];
  const sizeBytes = all.reduce((sum, name) => sum + (sizeOf(name) ?? 0), 0);
  return { databases, others, media: readMediaLinks(folder), sizeBytes };
}

/** @throws PlayheadError `disk_full` where there is not enough room for so much */
export function expectRoom(folder: string, sizeBytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  const neededBytes = sizeBytes + SPARE_BYTES;
  if (freeBytes >= neededBytes) return;
  throw new PlayheadError("disk_full", `expected ${neededBytes} free bytes at ${folder}, got ${freeBytes}`, {
    hint: "free some space there, or choose another disk",
    detail: { needed_bytes: neededBytes, free_bytes: freeBytes },
  });
}

/** The files of reports. They are there before the database says so: those that it knows are found after it was copied. */
export function listReports(folder: string): readonly string[] {
  return listFiles(folder, REPORTS_NAME);
}

function listFiles(folder: string, subfolder: string): readonly string[] {
  try {
    const entries = readdirSync(path.join(folder, subfolder), { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => path.join(subfolder, name));
  } catch {
    // None were written yet.
    return [];
  }
}

function readMediaLinks(folder: string): Record<string, string> {
  try {
    const entries = readdirSync(path.join(folder, MEDIA_NAME), { withFileTypes: true });
    const links = entries.filter((entry) => entry.isSymbolicLink());
    return Object.fromEntries(links.map(({ name }) => [name, readlinkSync(path.join(folder, MEDIA_NAME, name))]));
  } catch {
    // None were added yet.
    return {};
  }
}
