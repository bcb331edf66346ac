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
/** So many pages are looked at to tell their size. */
const SAMPLED = 200;
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

/** The header may be damaged, so the pages say: the smallest size at whose multiples trees begin nearly always. */
function findPageSize(descriptor: number, sizeBytes: number): number {
  const scored = PAGE_SIZES.map((size) => ({ size, score: scoreOf(descriptor, sizeBytes, size) }));
  const best = Math.max(...scored.map(({ score }) => score));
  if (best === 0) return DEFAULT_PAGE_BYTES;
  return scored.find(({ score }) => score >= best * 0.8)?.size ?? DEFAULT_PAGE_BYTES;
}

/** The share of sampled pages that look like a tree's. */
function scoreOf(descriptor: number, sizeBytes: number, pageSize: number): number {
  const count = Math.floor(sizeBytes / pageSize);
  const page = Buffer.alloc(pageSize);
  const stride = Math.max(1, Math.floor(count / SAMPLED));
  let looked = 0;
  let fit = 0;
  for (let pageNo = 2; pageNo <= count; pageNo += stride) {
    looked += 1;
    if (readFully(descriptor, page, (pageNo - 1) * pageSize) && looksLikeTree(page)) fit += 1;
  }
  return looked === 0 ? 0 : fit / looked;
}

function looksLikeTree(page: Buffer): boolean {
  const type = page[0] as number;
  if (type !== 2 && type !== 5 && type !== 10 && type !== 13) return false;
  const cells = page.readUInt16BE(3);
  const contentAt = page.readUInt16BE(5) || 65_536;
  return cells > 0 && contentAt >= 8 + cells * 2 && contentAt <= page.length;
}
