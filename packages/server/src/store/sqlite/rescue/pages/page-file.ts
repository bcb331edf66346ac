import { closeSync, existsSync, fstatSync, openSync } from "node:fs";
import { readFully } from "./read-fully.ts";
import { readWal } from "./wal.ts";

/** The pages of a database file as they stand after its last commit, read without SQLite: so damage harms nobody. */
export interface PageFile {
  readonly pageSize: number;
  /** Pages are numbered from 1 on. */
  readonly pageCount: number;
  /** A page, valid until the next call; null where the file is cut off, or the disk does not give it. */
  read(pageNo: number): Buffer | null;
  /** Pages that were read as the rest of a long row. */
  readonly chained: Set<number>;
  close(): void;
}

/** What SQLite makes when nobody asks for something else. */
const DEFAULT_PAGE_BYTES = 4_096;
const PAGE_SIZES = [512, 1_024, 2_048, DEFAULT_PAGE_BYTES, 8_192, 16_384, 32_768, 65_536] as const;
const MAX_PAGE_BYTES = 65_536;
/** So many stretches of such a length are looked at to tell the size of pages. */
const WINDOWS = 8;
const WINDOW_BYTES = 1_048_576;
/** The file's own header stands before the first page's. */
const FILE_HEADER_BYTES = 100;

/** Opens a database file and its log. @throws what the file system says where the file cannot be opened */
export function openPageFile(file: string): PageFile {
  const main = openIfThere(file);
  const log = openIfThere(`${file}-wal`);
  const sizeBytes = main === null ? 0 : fstatSync(main).size;
  const pageSize = main === null ? DEFAULT_PAGE_BYTES : findPageSize(main, sizeBytes);
  const inLog = log === null ? new Map<number, number>() : readWal(log, pageSize).pages;
  const page = Buffer.alloc(pageSize);
  const inFile = Math.ceil(sizeBytes / pageSize);

  return {
    pageSize,
    chained: new Set(),
    pageCount: [...inLog.keys()].reduce((most, pageNo) => Math.max(most, pageNo), inFile),
    read(pageNo) {
      const logged = inLog.get(pageNo);
      const descriptor = logged === undefined ? main : log;
      if (descriptor === null) return null;
      return readFully(descriptor, page, logged ?? (pageNo - 1) * pageSize) ? page : null;
    },
    close() {
      for (const descriptor of [main, log]) if (descriptor !== null) closeSync(descriptor);
    },
  };
}

/** Whether the log of a database is damaged so that SQLite would drop commits. */
export function isLogBroken(file: string): boolean {
  const log = openIfThere(`${file}-wal`);
  if (log === null) return false;
  const main = openIfThere(file);
  try {
    return readWal(log, main === null ? DEFAULT_PAGE_BYTES : findPageSize(main, fstatSync(main).size)).isBroken;
  } finally {
    for (const descriptor of [main, log]) if (descriptor !== null) closeSync(descriptor);
  }
}

function openIfThere(file: string): number | null {
  return existsSync(file) ? openSync(file, "r") : null;
}

/** Where the header of a page's tree begins: the file's own stands before the first one's. */
export function treeHeaderAt(pageNo: number): number {
  return pageNo === 1 ? FILE_HEADER_BYTES : 0;
}

/** The header may be damaged, so the pages say: the largest size at whose multiples nearly all trees begin. */
function findPageSize(descriptor: number, sizeBytes: number): number {
  const counts = new Map(PAGE_SIZES.map((size) => [size, 0]));
  const stride = Math.max(WINDOW_BYTES, Math.floor(sizeBytes / WINDOWS / MAX_PAGE_BYTES) * MAX_PAGE_BYTES);
  for (let from = 0; from < sizeBytes; from += stride) {
    const bytes = Buffer.alloc(Math.min(WINDOW_BYTES, sizeBytes - from));
    if (!readFully(descriptor, bytes, from)) continue;
    for (const size of PAGE_SIZES) counts.set(size, (counts.get(size) ?? 0) + countTrees(bytes, size));
  }
  const most = Math.max(...counts.values());
  if (most === 0) return DEFAULT_PAGE_BYTES;
  return PAGE_SIZES.findLast((size) => (counts.get(size) ?? 0) >= most * 0.9) ?? DEFAULT_PAGE_BYTES;
}

/** How many pages look like a tree's, were they of this size. */
function countTrees(bytes: Buffer, pageSize: number): number {
  let count = 0;
  for (let at = 0; at + pageSize <= bytes.length; at += pageSize) {
    const type = bytes[at] as number;
    if (type !== 2 && type !== 5 && type !== 10 && type !== 13) continue;
    const cells = bytes.readUInt16BE(at + 3);
    const contentAt = bytes.readUInt16BE(at + 5) || MAX_PAGE_BYTES;
    if (cells > 0 && contentAt >= 8 + cells * 2 && contentAt <= pageSize) count += 1;
  }
  return count;
}
