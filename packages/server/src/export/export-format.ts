import { setImmediate as othersTurn } from "node:timers/promises";
import { csvRow } from "./csv.ts";

/** The forms that an export can have. */
export const EXPORT_FORMATS = ["csv", "json", "ndjson"] as const;
/** One of {@link EXPORT_FORMATS}. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** A piece of an export: text, or the same in UTF-8. */
export type Piece = string | Buffer;
/** Rows as lines of JSON, each ended by a line feed: a few thousand at a time, so that any number of them takes little memory. */
export type RowLines = AsyncIterable<Piece>;

/** So many rows are made into CSV before others get their turn. */
const ROWS_AT_ONCE = 100;

/** The whole of an export. Lines that stay as they are are not even read. */
export function formatRows(format: ExportFormat, columns: readonly string[], rows: RowLines): AsyncIterable<Piece> {
  if (format === "ndjson") return rows;
  return format === "json" ? asJson(rows) : asCsv(columns, rows);
}

async function* asJson(rows: RowLines): AsyncGenerator<string> {
  let isFirst = true;
  yield "[";
  for await (const piece of rows) {
    const lines = piece.toString();
    if (lines === "") continue;
    // JSON holds no line feed but those between the rows.
    yield (isFirst ? "\n" : ",\n") + lines.trimEnd().replaceAll("\n", ",\n");
    isFirst = false;
  }
  yield "\n]\n";
}

async function* asCsv(columns: readonly string[], rows: RowLines): AsyncGenerator<string> {
  yield csvRow(columns);
  for await (const lines of rows) {
    const all = lines.toString().split("\n");
    for (let at = 0; at < all.length; at += ROWS_AT_ONCE) {
      yield all
        .slice(at, at + ROWS_AT_ONCE)
        .filter((line) => line !== "")
        .map((line) => {
          const row = JSON.parse(line) as Readonly<Record<string, unknown>>;
          return csvRow(columns.map((column) => row[column]));
        })
        .join("");
      await othersTurn();
    }
  }
}
