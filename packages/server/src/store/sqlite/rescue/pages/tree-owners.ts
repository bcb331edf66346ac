import type { PageFile } from "./page-file.ts";
import { type Cell, readTreePage } from "./read-cells.ts";

/** What the file says about who owns which page, as far as that can be read. */
export interface Ownership {
  /** The table or index that a page of a tree belongs to. */
  readonly owners: ReadonlyMap<number, string>;
  /** Pages that nothing uses any more; what stands in them is old. */
  readonly free: ReadonlySet<number>;
  /** Whether all free pages are known. */
  readonly isFreeKnown: boolean;
}

const SCHEMA_TABLE = "sqlite_schema";
const SCHEMA_ROOT = 1;
const FIRST_FREE_AT = 32;
const FREE_COUNT_AT = 36;
const PAGE_COUNT_AT = 28;
/** No number in files without such pages. */
const LARGEST_ROOT_AT = 52;
const MAP_ENTRY_BYTES = 5;
const LAST_MAP_KIND = 5;

/** Follows the trees down from the schema, and the list of free pages. */
export function readOwnership(file: PageFile): Ownership {
  const owners = new Map<number, string>();
  for (const { values } of readSchema(file, owners)) {
    const [, name, , root] = values;
    if (typeof name === "string" && typeof root === "number" && root > SCHEMA_ROOT)
      follow(file, { root, owner: name, owners });
  }
  return { owners, ...readFreeList(file) };
}

function readSchema(file: PageFile, owners: Map<number, string>): readonly Cell[] {
  const schema: Cell[] = [];
  follow(file, { root: SCHEMA_ROOT, owner: SCHEMA_TABLE, owners, onCells: (cells) => schema.push(...cells) });
  return schema;
}

interface Tree {
  readonly root: number;
  readonly owner: string;
  readonly owners: Map<number, string>;
  readonly onCells?: (cells: readonly Cell[]) => void;
}

function follow(file: PageFile, { root, owner, owners, onCells }: Tree): void {
  const waiting = [root];
  for (let pageNo = waiting.pop(); pageNo !== undefined; pageNo = waiting.pop()) {
    if (pageNo < 1 || pageNo > file.pageCount || owners.has(pageNo)) continue;
    const page = readTreePage(file, pageNo);
    if (page === null) continue;
    owners.set(pageNo, owner);
    onCells?.(page.cells);
    waiting.push(...page.children);
  }
}

function readFreeList(file: PageFile): Pick<Ownership, "free" | "isFreeKnown"> {
  const free = new Set<number>();
  const shared = file.read(1);
  if (shared === null) return { free, isFreeKnown: false };
  // Reading others would overwrite it.
  const first = Buffer.from(shared);
  const count = first.readUInt32BE(FREE_COUNT_AT);
  let trunk = first.readUInt32BE(FIRST_FREE_AT);
  while (trunk !== 0 && trunk <= file.pageCount && !free.has(trunk)) {
    const page = file.read(trunk);
    if (page === null) break;
    free.add(trunk);
    const leaves = Math.min(page.readUInt32BE(4), file.pageSize / 4 - 2);
    for (let place = 0; place < leaves; place++) free.add(page.readUInt32BE(8 + place * 4));
    trunk = page.readUInt32BE(0);
  }
  const isFreeKnown = free.size === count;
  for (const pageNo of findMapPages(file, first)) free.add(pageNo);
  return { free, isFreeKnown };
}

/** Pages that say who points to those after them: in files that can give room back in steps (SQLite's file format, 1.8). */
function* findMapPages(file: PageFile, first: Buffer): Generator<number> {
  if (first.readUInt32BE(LARGEST_ROOT_AT) === 0) return;
  // The file may be cut off.
  const pageCount = Math.max(file.pageCount, first.readUInt32BE(PAGE_COUNT_AT));
  const stride = Math.floor(file.pageSize / MAP_ENTRY_BYTES) + 1;
  for (let pageNo = 2; pageNo <= file.pageCount; pageNo += stride) {
    const page = file.read(pageNo);
    if (page !== null && looksLikeMap(page, pageCount)) yield pageNo;
  }
}

/** The header may be damaged: then a page in such a place may be any. */
function looksLikeMap(page: Buffer, pageCount: number): boolean {
  for (let at = 0; at + MAP_ENTRY_BYTES <= page.length; at += MAP_ENTRY_BYTES) {
    const kind = page[at] as number;
    if (kind > LAST_MAP_KIND || page.readUInt32BE(at + 1) > pageCount) return false;
  }
  return true;
}
