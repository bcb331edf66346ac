import { readFile, stat } from "node:fs/promises";
import { extname } from "node:path";
import { PlayheadError } from "@playhead/sdk";
import { fileWords } from "../../media/words.ts";
import { faultsError } from "../faults.ts";
import { makeRows } from "./make-rows.ts";
import { parseCsv } from "./parse-csv.ts";
import { parseJsonRows } from "./parse-json-rows.ts";
import type { Rows } from "./row.ts";

/** It is read as a whole. */
const MAX_BYTES = 64 * 1024 * 1024;
const JSON_ENDINGS: ReadonlySet<string> = new Set([".json", ".ndjson", ".jsonl"]);

/**
 * Reads rows from a file: CSV with a line of headings (commas, semicolons or tabs), or JSON: a list of objects, or one on
 * each line.
 *
 * @throws PlayheadError `input_missing`, `input_refused`, `input_empty`, `input_too_large`, or `rows_invalid` that names
 * the first faults, and in `detail.faults` more of them
 */
export async function readRows(path: string): Promise<Rows> {
  const text = decode(await read(path));
  const isJson = JSON_ENDINGS.has(extname(path).toLowerCase()) || /^\s*[[{]/.test(text);
  return makeRows(isJson ? parseJsonRows(text) : parseCsv(text));
}

async function read(path: string): Promise<Buffer> {
  const name = fileWords(path);
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) {
      throw new PlayheadError("input_too_large", `"${name}" has ${size} bytes, at most ${MAX_BYTES} are read`, {
        hint: "divide it into several files",
      });
    }
    const bytes = await readFile(path);
    if (bytes.length === 0)
      throw new PlayheadError("input_empty", `"${name}" is empty`, { hint: "give a file with rows" });
    return bytes;
  } catch (cause) {
    if (cause instanceof PlayheadError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    const isMissing = code === "ENOENT" || code === "ENOTDIR";
    const message = isMissing ? `there is no file "${name}"` : `"${name}" cannot be read: ${code}`;
    throw new PlayheadError(isMissing ? "input_missing" : "input_refused", message, {
      hint: "give the path of a CSV or JSON file of rows",
      cause,
    });
  }
}

/** UTF-8, or UTF-16 with its mark, as spreadsheets save it. */
function decode(bytes: Buffer): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  try {
    // The mark at the beginning is taken away.
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {}
  throw faultsError("rows_invalid", ["the file is no text in UTF-8"], "save it as CSV in UTF-8");
}
