import { CsvError, parse } from "csv-parse/sync";
import { faultsError } from "../faults.ts";
import type { Table } from "./make-rows.ts";
import { MAX_ROWS } from "./row.ts";

/** Bytes of one row. */
const MAX_RECORD_BYTES = 1024 * 1024;
const DELIMITERS = [",", ";", "\t"] as const;
const HINT =
  "expected CSV as RFC 4180 has it: a line of headings, quotes around fields that have commas, quotes or line ends";

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/**
 * Reads CSV: with commas, or semicolons or tabs where the headings have more of those; any line ends; quoted fields.
 *
 * @throws PlayheadError `rows_invalid` that names the line
 */
export function parseCsv(text: string): Table {
  try {
    // The types know nothing of `info`.
    const records = parse(text, {
      info: true,
      delimiter: delimiterOf(text),
      max_record_size: MAX_RECORD_BYTES,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      // One more than may be, so that too many are noticed.
      to: MAX_ROWS + 2,
    }) as unknown as readonly CsvRecord[];
    const [head, ...rows] = records;
    return {
      columns: (head?.record ?? []).map((name) => name.trim()),
      rows: rows.map(({ record, info }) => ({ place: `line ${info.lines}`, values: record })),
    };
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw faultsError("rows_invalid", [wordsOf(cause)], HINT, cause);
  }
}

/** The sign of which the line of headings has most, outside of quotes. */
function delimiterOf(text: string): string {
  const [head = ""] = text.replace(/"[^"]*"/g, "").split(/[\r\n]/, 1);
  const count = (sign: string) => head.split(sign).length;
  return DELIMITERS.reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}

function wordsOf(error: CsvError): string {
  const { code, message } = error;
  // csv-parse names the line at the end of its message.
  const line = /line (\d+)/.exec(message)?.[0] ?? "some line";
  switch (code) {
    case "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH":
      return `${line} has another number of fields than the headings`;
    case "CSV_QUOTE_NOT_CLOSED":
      return `a quote is opened and never closed (${line})`;
    case "CSV_MAX_RECORD_SIZE":
      return `${line} has more than ${MAX_RECORD_BYTES} bytes`;
    default:
      return `${line} cannot be read: ${message.split(":")[0] ?? ""}`;
  }
}
