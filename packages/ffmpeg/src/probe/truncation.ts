import { type FileHandle, open } from "node:fs/promises";

/**
 * What a container's own outline says about the file's end. ffprobe believes the header of a file that was cut off, so
 * we compare the lengths written in the file with the length it has.
 */
export interface ContainerOutline {
  /** null: another container, about whose end nothing is known. */
  readonly container: "mp4" | "matroska" | null;
  /** How many bytes are missing at the end, at least; 0 when the outline ends where the file does. */
  readonly missingBytes: number;
}

/** Fragmented files have two boxes a fragment; what lies behind so many of them is not looked at. */
const MAX_BOXES = 4096;

const MP4_TYPES: ReadonlySet<string> = new Set([
  "ftyp",
  "styp",
  "moov",
  "moof",
  "mdat",
  "free",
  "skip",
  "wide",
  "pnot",
  "uuid",
  "sidx",
  "mfra",
  "meta",
  "udta",
  "emsg",
  "prft",
]);

/** The outline of what is no container we know. */
export const UNKNOWN_OUTLINE: ContainerOutline = { container: null, missingBytes: 0 };

/** Reads a few bytes for each top-level element of an MP4, QuickTime, Matroska or WebM file. */
export async function readOutline(path: string, sizeBytes: number): Promise<ContainerOutline> {
  const file = await open(path, "r");
  try {
    const head = await readAt(file, 0, 64);
    if (head.length >= 8 && head.readUInt32BE(0) === 0x1a45dfa3) return matroskaOutline(head, sizeBytes);
    if (head.length >= 8 && MP4_TYPES.has(head.toString("latin1", 4, 8))) return await mp4Outline(file, sizeBytes);
    return UNKNOWN_OUTLINE;
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** Boxes: 4 bytes of size (0: to the end; 1: 8 more bytes of it follow), 4 of type. */
async function mp4Outline(file: FileHandle, sizeBytes: number): Promise<ContainerOutline> {
  const whole: ContainerOutline = { container: "mp4", missingBytes: 0 };
  let position = 0;
  for (let i = 0; i < MAX_BOXES && position + 8 <= sizeBytes; i++) {
    const header = await readAt(file, position, 16);
    if (header.length < 8 || !MP4_TYPES.has(header.toString("latin1", 4, 8))) return whole;
    let size = header.readUInt32BE(0);
    if (size === 0) return whole;
    if (size === 1) {
      if (header.length < 16) return { container: "mp4", missingBytes: 16 - header.length };
      size = Number(header.readBigUInt64BE(8));
    }
    if (size < 8) return whole;
    position += size;
  }
  return { container: "mp4", missingBytes: Math.max(0, position - sizeBytes) };
}

/** The EBML header, then the segment: each an id, a length as a variable-length number (all ones: unknown), content. */
function matroskaOutline(head: Buffer, sizeBytes: number): ContainerOutline {
  const whole: ContainerOutline = { container: "matroska", missingBytes: 0 };
  const header = readVint(head, 4);
  if (header?.value == null) return whole;
  const segmentAt = header.end + header.value;
  if (segmentAt + 5 > head.length || head.readUInt32BE(segmentAt) !== 0x18538067) return whole;
  const segment = readVint(head, segmentAt + 4);
  if (segment?.value == null) return whole;
  return { container: "matroska", missingBytes: Math.max(0, segment.end + segment.value - sizeBytes) };
}

function readVint(bytes: Buffer, at: number): { readonly value: number | null; readonly end: number } | null {
  const first = bytes[at];
  if (first === undefined || first === 0) return null;
  const length = Math.clz32(first) - 23;
  if (at + length > bytes.length) return null;
  let value = first & (0xff >> length);
  let isUnknown = value === 0xff >> length;
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i] ?? 0;
    value = value * 256 + byte;
    isUnknown &&= byte === 0xff;
  }
  return { value: isUnknown ? null : value, end: at + length };
}
