import { fstatSync, ftruncateSync, readSync } from "node:fs";

const NEWLINE = 0x0a;
const LOOKED_AT_ONCE = 64 * 1024;

/**
 * Cuts off what stands behind a file's last whole line: the beginning of one that a killed process or a full disk did not
 * let end. @returns how many bytes went
 */
export function cutTornTail(fd: number): number {
  const { size } = fstatSync(fd);
  const end = endOfLastLine(fd, size);
  if (end < size) ftruncateSync(fd, end);
  return size - end;
}

function endOfLastLine(fd: number, size: number): number {
  const piece = Buffer.alloc(Math.min(size, LOOKED_AT_ONCE));
  for (let to = size; to > 0; ) {
    const from = Math.max(0, to - piece.length);
    const read = readSync(fd, piece, 0, to - from, from);
    const at = piece.subarray(0, read).lastIndexOf(NEWLINE);
    if (at >= 0) return from + at + 1;
    to = from;
  }
  return 0;
}
