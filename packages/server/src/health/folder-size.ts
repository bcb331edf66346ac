import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";

/** What is Playhead's in a folder. */
export interface OwnFiles {
  files: number;
  bytes: number;
  /** Last written before the moment that was asked for. */
  oldFiles: number;
  oldBytes: number;
  /** Whether there was more than was looked at. */
  isPartial: boolean;
}

/** Playhead's own things in the folder for temporary files begin so. */
const OWN = "playhead-";
/** So many entries are looked at: others may keep millions there. */
const MAX_ENTRIES = 2_000;
/** So many are asked for at a time. */
const AT_ONCE = 64;

/** Sums up what is Playhead's, with all that is below it. What goes away meanwhile, or may not be read, counts nothing. */
export async function sizeOfOwnFiles(folder: string, oldBeforeMs: number, signal: AbortSignal): Promise<OwnFiles> {
  const sum: OwnFiles = { files: 0, bytes: 0, oldFiles: 0, oldBytes: 0, isPartial: false };
  let left = MAX_ENTRIES;

  async function walk(path: string, prefix: string): Promise<void> {
    const asked: Promise<void>[] = [];
    for await (const entry of await opendir(path, { bufferSize: AT_ONCE })) {
      if (left-- <= 0 || signal.aborted) {
        sum.isPartial = true;
        break;
      }
      if (!entry.name.startsWith(prefix)) continue;
      const found = join(path, entry.name);
      if (entry.isDirectory()) await walk(found, "").catch(() => undefined);
      else if (entry.isFile()) asked.push(add(found));
      if (asked.length >= AT_ONCE) await Promise.all(asked.splice(0));
    }
    await Promise.all(asked);
  }

  async function add(path: string): Promise<void> {
    const stats = await lstat(path).catch(() => null);
    if (stats === null) return;
    sum.files += 1;
    sum.bytes += stats.size;
    if (stats.mtimeMs >= oldBeforeMs) return;
    sum.oldFiles += 1;
    sum.oldBytes += stats.size;
  }

  await walk(folder, OWN).catch(() => undefined);
  return sum;
}
