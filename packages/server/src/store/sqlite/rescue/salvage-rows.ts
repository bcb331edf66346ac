import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { inTransaction } from "../connection.ts";
import type { DatabaseKind } from "./database-kind.ts";
import { openPageFile, type PageFile } from "./pages/page-file.ts";
import { readTreePage, type TreePage } from "./pages/read-cells.ts";
import { type Ownership, readOwnership } from "./pages/tree-owners.ts";
import { fitRow, readTableShapes, type TableShape } from "./table-shapes.ts";

/** What was got out of a damaged file. */
export interface SalvageReport {
  readonly pages: number;
  /** Pages of tables that could not be read at all, as ranges of numbers: `[3, 3, 7, 9]` is 3, 7, 8, 9. */
  readonly unreadablePages: readonly number[];
  /** Rows that stood in pages that could be read, and could not be read themselves. */
  readonly unreadableRows: number;
  /** How many rows of each table were read. */
  readonly rows: Readonly<Record<string, number>>;
}

export interface SalvageOptions {
  readonly file: string;
  /** Has the tables that the file should have; gets the rows. */
  readonly into: DatabaseSync;
  /** How its rows are known where no tree says whose they are. */
  readonly kind: Pick<DatabaseKind, "takenUnowned" | "isTypical">;
  /** @param fraction 0..1 */
  readonly onProgress?: (fraction: number) => void;
}

/** Looks at so many pages between two words on how far it is. */
const PAGES_PER_WORD = 256;

/**
 * Reads each page of a damaged database by itself, and keeps each row that can be read. Which table a page belongs to is
 * said by the trees, where these can be followed, else by what its rows look like.
 */
export function salvageRows({ file, into, kind, onProgress }: SalvageOptions): SalvageReport {
  const pages = openPageFile(file);
  try {
    const shapes = new Map(readTableShapes(into).map((shape) => [shape.name, shape]));
    const others = readOtherNames(into);
    const ownership = readOwnership(pages);
    const keep = createKeeper(into, [...shapes.values()]);
    /** The table that the trees say, unless they must be wrong. */
    const owned: ShapeOf = (page, owner) => {
      const shape = shapes.get(owner ?? "");
      return shape !== undefined && page.cells.some((cell) => fitRow(shape, cell) !== null) ? shape : undefined;
    };
    /** The table that a page must belong to by its rows, where the trees do not say. */
    const guessed: ShapeOf = (page, owner) =>
      owned(page, owner) !== undefined || others.has(owner ?? "")
        ? undefined
        : guessShape(page, [...shapes.values()], { kind, isFreeKnown: ownership.isFreeKnown });
    return inTransaction(into, "BEGIN", () => {
      // What is owned first: where two pages hold the same row, the other one is an old copy.
      const first = readPages(pages, ownership, { shapeOf: owned, keep, say: (part) => onProgress?.(part / 2) });
      const second = readPages(pages, ownership, {
        shapeOf: guessed,
        keep,
        say: (part) => onProgress?.(0.5 + part / 2),
      });
      return {
        pages: pages.pageCount,
        unreadablePages: second.unreadablePages,
        unreadableRows: first.unreadableRows + second.unreadableRows,
        rows: keep.counts(),
      };
    });
  } finally {
    pages.close();
  }
}

type ShapeOf = (page: TreePage, owner: string | undefined) => TableShape | undefined;

interface Pass {
  /** The table whose rows a page holds; undefined to pass it over. */
  readonly shapeOf: ShapeOf;
  readonly keep: ReturnType<typeof createKeeper>;
  readonly say: (fraction: number) => void;
}

function readPages(file: PageFile, { owners, free }: Ownership, { shapeOf, keep, say }: Pass) {
  const unreadablePages: number[] = [];
  let unreadableRows = 0;
  for (let pageNo = 1; pageNo <= file.pageCount; pageNo++) {
    if (pageNo % PAGES_PER_WORD === 0) say(pageNo / file.pageCount);
    if (free.has(pageNo)) continue;
    const page = readTreePage(file, pageNo);
    if (page === null) {
      // By the second time all chains of long rows are known.
      if (!file.chained.has(pageNo)) addTo(unreadablePages, pageNo);
      continue;
    }
    const shape = shapeOf(page, owners.get(pageNo));
    if (shape === undefined || page.kind === "tableInner") continue;
    unreadableRows += page.unreadable;
    for (const cell of page.cells) {
      const row = fitRow(shape, cell);
      if (row === null) unreadableRows += 1;
      else keep.row(shape, row);
    }
  }
  say(1);
  return { unreadablePages, unreadableRows };
}

/** Of indexes, and of the tables that a text index keeps. */
function readOtherNames(db: DatabaseSync): ReadonlySet<string> {
  const rows = db
    .prepare(
      `SELECT name FROM sqlite_schema WHERE type = 'index'
       UNION SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'`,
    )
    .all();
  return new Set(rows.map(({ name }) => String(name)));
}

function addTo(ranges: number[], value: number): void {
  if (ranges.at(-1) === value - 1) ranges[ranges.length - 1] = value;
  else ranges.push(value, value);
}

interface GuessOptions {
  readonly kind: SalvageOptions["kind"];
  readonly isFreeKnown: boolean;
}

/** The one table whose rows look like those of a page; undefined when there is none, or more than one. */
function guessShape(page: TreePage, shapes: readonly TableShape[], { kind, isFreeKnown }: GuessOptions) {
  const looksLike = (shape: TableShape) =>
    page.cells.some((cell) => {
      const row = fitRow(shape, cell);
      return row !== null && kind.isTypical(shape.name, row);
    });
  const [first, ...others] = shapes.filter(looksLike);
  const isSure = first !== undefined && others.length === 0;
  return isSure && (isFreeKnown || kind.takenUnowned.has(first.name)) ? first : undefined;
}

/** Writes rows; one that contradicts a row that is there already is passed over. */
function createKeeper(db: DatabaseSync, shapes: readonly TableShape[]) {
  const statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  const counts = new Map(shapes.map(({ name }) => [name, 0]));

  /** Of so many columns: older rows end early. */
  function statementFor({ name, columns }: TableShape, width: number) {
    const key = `${name} ${width}`;
    let statement = statements.get(key);
    if (statement === undefined) {
      const names = columns.slice(0, width).map((column) => `"${column.name}"`);
      statement = db.prepare(
        `INSERT OR IGNORE INTO "${name}" (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
      );
      statements.set(key, statement);
    }
    return statement;
  }

  return {
    row(shape: TableShape, row: readonly unknown[]): void {
      try {
        const { changes } = statementFor(shape, row.length).run(...(row as SQLInputValue[]));
        if (changes !== 0) counts.set(shape.name, (counts.get(shape.name) ?? 0) + 1);
      } catch {
        // A constraint that OR IGNORE does not cover: no row of ours looks like that.
      }
    },
    counts: () => Object.fromEntries(counts),
  };
}
