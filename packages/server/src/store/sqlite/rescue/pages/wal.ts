import { fstatSync } from "node:fs";
import { readFully } from "./read-fully.ts";

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;

interface Frame {
  readonly pageNo: number;
  readonly isCommit: boolean;
  /** Where its page begins in the log. */
  readonly at: number;
}

/** What a write-ahead log holds. */
export interface WalContent {
  /** Where the newest committed copy of each page stands in the log. */
  readonly pages: ReadonlyMap<number, number>;
  /** Whether commits stand behind a damaged frame: SQLite drops them without a word. */
  readonly isBroken: boolean;
}

/**
 * Reads a write-ahead log. Each frame's sum goes on from the one before,
 * as that one says it: so a damaged frame costs itself and its neighbour, where SQLite would drop all behind it.
 */
export function readWal(descriptor: number, pageSize: number): WalContent {
  const sizeBytes = fstatSync(descriptor).size;
  const header = Buffer.alloc(HEADER_BYTES);
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + pageSize);
  if (!readFully(descriptor, header, 0) || !readFully(descriptor, frame, HEADER_BYTES))
    return { pages: new Map(), isBroken: false };
  // A damaged header: the first frame has the same salts, and the order of bytes is this kind of machine's.
  const isHeaderWell = (header.readUInt32BE(0) & ~1) === MAGIC;
  const isBigEndian = isHeaderWell && (header[3] as number) % 2 === 1;
  const salts = isHeaderWell ? header.subarray(16, 24) : Buffer.from(frame.subarray(8, 16));

  let sums: readonly [number, number] = [header.readUInt32BE(24), header.readUInt32BE(28)];
  const frames: Frame[] = [];
  let sinceDamage = isHeaderWell ? null : 0;
  for (let at = HEADER_BYTES; at + frame.length <= sizeBytes; at += frame.length) {
    if (!readFully(descriptor, frame, at)) continue;
    const told = [frame.readUInt32BE(16), frame.readUInt32BE(20)] as const;
    const afterHeader = addSums(sums, frame.subarray(0, 8), isBigEndian);
    const [first, second] = addSums(afterHeader, frame.subarray(FRAME_HEADER_BYTES), isBigEndian);
    const isOfThisLog = frame.compare(salts, 0, 8, 8, 16) === 0;
    if (isOfThisLog && first === told[0] && second === told[1]) {
      const isCommit = frame.readUInt32BE(4) !== 0;
      frames.push({ pageNo: frame.readUInt32BE(0), isCommit, at: at + FRAME_HEADER_BYTES });
    } else sinceDamage ??= frames.length;
    sums = told;
  }
  const committed = frames.slice(0, frames.findLastIndex(({ isCommit }) => isCommit) + 1);
  // A writer may have begun the log anew meanwhile: then what seems damaged is new.
  const isSame = readFully(descriptor, frame.subarray(0, HEADER_BYTES), 0) && frame.compare(header, 0, 32, 0, 32) === 0;
  const isBroken = isSame && sinceDamage !== null && committed.length > sinceDamage;
  return { pages: new Map(committed.map(({ pageNo, at }) => [pageNo, at])), isBroken };
}

/** The log's own sum, over words of 32 bits. */
function addSums([a, b]: readonly [number, number], bytes: Buffer, isBigEndian: boolean): readonly [number, number] {
  let first = a;
  let second = b;
  for (let at = 0; at < bytes.length; at += 8) {
    const x = isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
    const y = isBigEndian ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4);
    first = (first + x + second) >>> 0;
    second = (second + y + first) >>> 0;
  }
  return [first, second];
}
