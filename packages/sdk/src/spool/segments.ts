import fs from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { createFifo } from "../recorder/fifo.ts";
import type { NumberedRecord } from "../recorder/record-queue.ts";
import { segmentName } from "./spool-folder.ts";

/** The files of one worker's spool: written at the end, read from the front, removed as they are acknowledged. */
export interface Segments {
  /** How many records are not acknowledged. */
  count(): number;
  /** How many bytes the files have. */
  sizeBytes(): number;
  /** The number of the last record that is not acknowledged; 0 when there is none. */
  lastN(): number;
  /** Writes records behind all others. One at a time. @throws what the file system says; then none of them is there */
  append(records: readonly NumberedRecord[]): Promise<void>;
  /** The oldest records that are not acknowledged, a batch of them. */
  read(): Promise<ReadRecords>;
  /** Forgets all up to a number that ended an `append`. */
  acknowledge(upTo: number): Promise<void>;
  /** Lets the files go; what is not acknowledged stays in them. */
  close(): Promise<void>;
}

/** What was read. */
export interface ReadRecords {
  readonly records: readonly NumberedRecord[];
  /** To be acknowledged when they are delivered. */
  readonly upTo: number;
  /** How many should have been there, but could not be read. */
  readonly lost: number;
}

interface Segment {
  readonly path: string;
  /** The open file; null once nothing more is written to it. */
  fd: number | null;
  bytes: number;
  openChunks: number;
}

/** What one `append` wrote. */
interface Chunk {
  readonly segment: Segment;
  readonly start: number;
  readonly end: number;
  readonly count: number;
  readonly lastN: number;
}

// Not the handles of node:fs/promises: one that is never closed, since its Playhead was dropped, ends the process.
const open = promisify(fs.open);
const read = promisify(fs.read);
const write = promisify(fs.write);
const close = promisify(fs.close);
const unlink = promisify(fs.unlink);

/** A segment that has reached this is followed by the next. */
const SEGMENT_BYTES = 4_000_000;
/** What is read at a time; more would hold up the event loop. */
const READ_RECORDS = 1_000;
const READ_BYTES = 500_000;

/**
 * @param folder is there, and nobody else writes in it
 * @param encode makes the lines that are written of records
 */
export function createSegments(
  folder: string,
  encode: (records: readonly NumberedRecord[]) => Buffer = linesOf,
): Segments {
  const chunks = createFifo<Chunk>();
  let current: Segment | null = null;
  let isAppending = false;
  let made = 0;
  let count = 0;
  let sizeBytes = 0;
  let lastN = 0;

  async function writable(): Promise<Segment> {
    if (current !== null && current.bytes < SEGMENT_BYTES) return current;
    if (current !== null) await seal(current);
    made += 1;
    const path = join(folder, segmentName(made));
    current = { path, fd: await open(path, "wx", 0o600), bytes: 0, openChunks: 0 };
    return current;
  }

  /** Nothing more is written to it, and where nothing waits in it, it goes. */
  async function seal(segment: Segment): Promise<void> {
    if (current === segment) current = null;
    const { fd } = segment;
    segment.fd = null;
    if (fd !== null) await close(fd);
    if (segment.openChunks === 0) await remove(segment);
  }

  async function remove({ path, bytes }: Segment): Promise<void> {
    sizeBytes -= bytes;
    // Should it stay, it is delivered once more, which is harmless.
    await unlink(path).catch(() => undefined);
  }

  async function append(records: readonly NumberedRecord[]): Promise<void> {
    const last = records.at(-1);
    if (last === undefined) return;
    const bytes = encode(records);
    isAppending = true;
    try {
      const segment = await writable();
      try {
        await writeAt(segment, bytes);
      } catch (error) {
        // There may be half a line at its end, which nobody will read: what follows goes into another file.
        await seal(segment).catch(() => undefined);
        throw error;
      }
      chunks.push({
        segment,
        start: segment.bytes,
        end: segment.bytes + bytes.length,
        count: records.length,
        lastN: last.n,
      });
      segment.bytes += bytes.length;
      segment.openChunks += 1;
      sizeBytes += bytes.length;
      count += records.length;
      lastN = last.n;
    } finally {
      isAppending = false;
    }
  }

  /** The first chunks, as far as they lie next to each other and make a batch. */
  function nextRange(first: Chunk): { readonly end: number; readonly count: number; readonly upTo: number } {
    let { end, count: sum, lastN: upTo } = first;
    for (let next = chunks.at(1), index = 1; next !== undefined; index += 1, next = chunks.at(index)) {
      const fits = sum + next.count <= READ_RECORDS && next.end - first.start <= READ_BYTES;
      if (next.segment !== first.segment || !fits) break;
      end = next.end;
      sum += next.count;
      upTo = next.lastN;
    }
    return { end, count: sum, upTo };
  }

  return {
    append,
    count: () => count,
    sizeBytes: () => sizeBytes,
    lastN: () => (chunks.size() === 0 ? 0 : lastN),
    async read() {
      const first = chunks.peek();
      if (first === undefined) return { records: [], upTo: 0, lost: 0 };
      const range = nextRange(first);
      const records = recordsIn(await readRange(first.segment.path, first.start, range.end).catch(() => ""));
      return { records, upTo: range.upTo, lost: range.count - records.length };
    },
    async acknowledge(upTo) {
      for (let chunk = chunks.peek(); chunk !== undefined && chunk.lastN <= upTo; chunk = chunks.peek()) {
        chunks.shift();
        count -= chunk.count;
        const { segment } = chunk;
        segment.openChunks -= 1;
        if (segment.openChunks > 0) continue;
        if (segment.fd === null) await remove(segment);
        else if (!isAppending) await seal(segment);
      }
    },
    async close() {
      if (current !== null) await seal(current);
    },
  };
}

/** Each record as a line of JSON. */
export function linesOf(records: readonly NumberedRecord[]): Buffer {
  return Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(""));
}

/** The records of lines; what is no record, such as the half line that a killed process left, is left out. */
export function recordsIn(text: string): NumberedRecord[] {
  return text.split("\n").flatMap((line) => {
    if (line === "") return [];
    try {
      const record: unknown = JSON.parse(line);
      return isNumbered(record) ? [record] : [];
    } catch {
      return [];
    }
  });
}

function isNumbered(value: unknown): value is NumberedRecord {
  return typeof value === "object" && value !== null && "n" in value && Number.isSafeInteger(value.n);
}

async function writeAt({ fd, bytes: at }: Segment, bytes: Buffer): Promise<void> {
  if (fd === null) throw new Error("the segment is closed");
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await write(fd, bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}

async function readRange(path: string, start: number, end: number): Promise<string> {
  const fd = await open(path, "r");
  try {
    const bytes = Buffer.alloc(end - start);
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await read(fd, bytes, done, bytes.length - done, start + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.toString("utf8", 0, done);
  } finally {
    await close(fd);
  }
}
