import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { diskRoomOf, judgeDisk } from "../disk-room.ts";
import { critical, type Finding, resultOf, warning } from "../findings.ts";
import { sizeOfOwnFiles } from "../folder-size.ts";
import type { HealthCheck } from "../health.ts";
import type { HealthThresholds } from "../health-settings.ts";
import { sizeText } from "../size-text.ts";

export interface TempDirectoryDeps {
  readonly folder: string;
  readonly nowMs: () => number;
  readonly thresholds: () => HealthThresholds;
}

const OLD_MS = 24 * 3_600_000;
/** So much that is old is worth a word: what a few killed processes left harms nobody. */
const MANY_OLD_FILES = 100;
const MANY_OLD_BYTES = 1e9;
const PROBE = new Uint8Array(4_096);

/** The folder for temporary files can be written and has room, and what processes left there does not pile up. */
export function tempDirectoryCheck({ folder, nowMs, thresholds }: TempDirectoryDeps): HealthCheck {
  return {
    component: "temp_directory",
    async run(signal) {
      // First, so that what is written for it is not counted.
      const refusal = await tryWriting(folder);
      const [disk, own] = await Promise.all([
        diskRoomOf(folder).catch(() => null),
        sizeOfOwnFiles(folder, nowMs() - OLD_MS, signal),
      ]);
      const room = disk === null ? null : judgeDisk(disk, thresholds().disk_percent);
      const isManyOld = own.oldFiles >= MANY_OLD_FILES || own.oldBytes >= MANY_OLD_BYTES;
      const findings = [
        refusal,
        room,
        isManyOld
          ? warning(`${own.oldFiles} files (${sizeText(own.oldBytes)}) of Playhead are older than 24 h; delete them`)
          : null,
      ];
      const atLeast = own.isPartial ? "at least " : "";
      const well = `can be written; holds ${atLeast}${sizeText(own.bytes)} of Playhead's`;
      return resultOf(findings, well, {
        bytes: own.bytes,
        files: own.files,
        old_bytes: own.oldBytes,
        old_files: own.oldFiles,
        is_partial: own.isPartial,
        free_bytes: disk?.freeBytes ?? null,
        folder,
      });
    },
  };
}

/** Really writes: rights alone do not tell of a disk that is full or mounted for reading. */
async function tryWriting(folder: string): Promise<Finding | null> {
  const path = join(folder, `playhead-health-${randomBytes(6).toString("hex")}`);
  try {
    // Flushed, since some disks refuse only then.
    await writeFile(path, PROBE, { flag: "wx", mode: 0o600, flush: true });
    return null;
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    return critical(`cannot be written (${code}); ${ADVICE[code] ?? "check its rights and its disk"}`);
  } finally {
    await rm(path, { force: true }).catch(() => undefined);
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  ENOENT: "make it, or set TMPDIR to another",
  ENOTDIR: "set TMPDIR to a folder",
  EROFS: "mount it for writing, or set TMPDIR to another",
  EACCES: "change its rights, or set TMPDIR to another",
  ENOSPC: "make room on its disk",
};
