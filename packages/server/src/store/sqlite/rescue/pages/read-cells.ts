import { type PageFile, treeHeaderAt } from "./page-file.ts";
import { type RecordValue, readRecord, readVarint } from "./read-record.ts";

/** One row or key of a tree. */
export interface Cell {
  /** Null in the trees of tables without one, and of indexes. */
  readonly rowid: number | null;
  readonly values: readonly RecordValue[];
}

/** The kinds of a tree's pages. */
export type TreePageKind = "table" | "tableInner" | "index" | "indexInner";

/** What a page holds, as far as it can be read. */
export interface TreePage {
  readonly kind: TreePageKind;
  readonly cells: readonly Cell[];
  /** The pages below, of inner pages. */
  readonly children: readonly number[];
  /** How many cells could not be read. */
  readonly unreadable: number;
}

const KINDS: Readonly<Record<number, TreePageKind>> = { 2: "indexInner", 5: "tableInner", 10: "index", 13: "table" };

/** Reads a page of a tree; null when it is none, or damaged beyond telling. */
export function readTreePage(file: PageFile, pageNo: number): TreePage | null {
  const shared = file.read(pageNo);
  if (shared === null) return null;
  // Reading what overflows would overwrite it.
  const page = Buffer.from(shared);
  const headerAt = treeHeaderAt(pageNo);
  const kind = KINDS[page[headerAt] as number];
  if (kind === undefined) return null;
  const isInner = kind === "tableInner" || kind === "indexInner";
  const cellCount = page.readUInt16BE(headerAt + 3);
  const pointersAt = headerAt + (isInner ? 12 : 8);
  if (pointersAt + cellCount * 2 > page.length) return null;

  const cells: Cell[] = [];
  const children: number[] = isInner ? [page.readUInt32BE(headerAt + 8)] : [];
  let unreadable = 0;
  for (let place = 0; place < cellCount; place++) {
    try {
      const at = page.readUInt16BE(pointersAt + place * 2);
      if (at < pointersAt + cellCount * 2) throw new RangeError("a cell lies in the header");
      if (isInner) children.push(page.readUInt32BE(at));
      if (kind !== "tableInner") cells.push(readCell(file, page, isInner ? at + 4 : at, kind));
    } catch {
      unreadable += 1;
    }
  }
  return { kind, cells, children, unreadable };
}

function readCell(file: PageFile, page: Buffer, at: number, kind: TreePageKind): Cell {
  const size = readVarint(page, at);
  const id = kind === "table" ? readVarint(page, size.end) : null;
  const start = id?.end ?? size.end;
  const payload = readPayload(file, page, { start, size: size.value, isTable: kind === "table" });
  return { rowid: id?.value ?? null, values: readRecord(payload) };
}

interface PayloadPlace {
  readonly start: number;
  readonly size: number;
  readonly isTable: boolean;
}

/** A payload whole: what does not fit into its page goes on in a chain of others (SQLite's file format, 1.6). */
function readPayload(file: PageFile, page: Buffer, { start, size, isTable }: PayloadPlace): Buffer {
  const { pageSize, pageCount } = file;
  const most = isTable ? pageSize - 35 : Math.floor(((pageSize - 12) * 64) / 255) - 23;
  if (size > pageCount * pageSize) throw new RangeError("a payload is larger than the file");
  if (size <= most) {
    if (start + size > page.length) throw new RangeError("a payload breaks off");
    return page.subarray(start, start + size);
  }
  const least = Math.floor(((pageSize - 12) * 32) / 255) - 23;
  const fitting = least + ((size - least) % (pageSize - 4));
  const local = fitting <= most ? fitting : least;
  if (start + local + 4 > page.length) throw new RangeError("a payload breaks off");
  const parts = [page.subarray(start, start + local)];
  let next = page.readUInt32BE(start + local);
  for (let left = size - local; left > 0; ) {
    const rest = next === 0 ? null : file.read(next);
    if (rest === null) throw new RangeError("a payload's chain breaks off");
    file.chained.add(next);
    const taken = Math.min(left, pageSize - 4);
    next = rest.readUInt32BE(0);
    parts.push(Buffer.from(rest.subarray(4, 4 + taken)));
    left -= taken;
  }
  return Buffer.concat(parts);
}
