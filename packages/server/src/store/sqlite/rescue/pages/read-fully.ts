import { readSync } from "node:fs";

/** @returns whether the whole buffer could be filled from this place on */
export function readFully(descriptor: number, into: Buffer, position: number): boolean {
  try {
    return readSync(descriptor, into, 0, into.length, position) === into.length;
  } catch {
    // A sector that the disk does not give is as good as cut off.
    return false;
  }
}
