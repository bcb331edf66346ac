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

/** The statements that made the tables, indexes and triggers, as far as they can be read; tables first. */
export function readSchemaSql(file: PageFile): readonly string[] {
  const statements = readSchema(file, new Map()).map(({ values }) => values[4]);
  const texts = statements.filter((sql) => typeof sql === "string");
  const rank = (sql: string) => (/^CREATE VIRTUAL/i.test(sql) ? 0 : /^CREATE TABLE/i.test(sql) ? 1 : 2);
  return texts.toSorted((a, b) => rank(a) - rank(b));
}

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
  const first = file.read(1);
  if (first === null) return { free, isFreeKnown: false };
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
  return { free, isFreeKnown: free.size === count };
}
