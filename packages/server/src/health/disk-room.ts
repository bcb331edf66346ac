import { statfs } from "node:fs/promises";
import { critical, type Finding, warning } from "./findings.ts";
import { sizeText } from "./size-text.ts";

/** The room on a disk. */
export interface DiskRoom {
  /** 0–100, of what may be used. */
  readonly usedPercent: number;
  readonly freeBytes: number;
}

/** From here on there is hardly room to go on, whatever the threshold is. */
const FULL_PERCENT = 97;

/** The room on the disk that holds a folder. */
export async function diskRoomOf(folder: string): Promise<DiskRoom> {
  const { blocks, bfree, bavail, bsize } = await statfs(folder);
  const used = blocks - bfree;
  // As `df` has it: what only root may use is nobody's.
  const usedPercent = used + bavail === 0 ? 100 : (used / (used + bavail)) * 100;
  return { usedPercent, freeBytes: bavail * bsize };
}

/** What is to be said of the room on a disk; null when there is enough. */
export function judgeDisk({ usedPercent, freeBytes }: DiskRoom, thresholdPercent: number): Finding | null {
  const free = `${sizeText(freeBytes)} free, ${Math.floor(usedPercent)} % used`;
  if (usedPercent >= Math.max(FULL_PERCENT, thresholdPercent))
    return critical(`the disk is full: ${free}; make room on it`);
  return usedPercent >= thresholdPercent ? warning(`the disk is nearly full: ${free}`) : null;
}
