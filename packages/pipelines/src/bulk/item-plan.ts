import { createHash } from "node:crypto";
import { fileWords } from "../media/words.ts";
import { faultsError } from "./faults.ts";
import { timingOf } from "./render/timing.ts";
import type { Row, Rows } from "./rows/row.ts";
import { columnsIn, fillIn } from "./template/placeholders.ts";
import { type Template, templateDigest, textsOf } from "./template/template.ts";

/** One video to make: a row in a template. */
export interface ItemPlan {
  /** The same for the same row in the same template, wherever it stands among the rows. */
  readonly itemId: string;
  readonly row: Row;
  readonly title: string;
  /** Name of its file in the output folder. */
  readonly fileName: string;
  readonly thumbnailName: string;
  /** How long it will be, as far as that is known before its narration is. */
  readonly plannedSec: number;
}

/** Goes up when the same row would give another video: what was made before is then made again. */
const RECIPE_VERSION = 1;
const MAX_TITLE = 80;
const MAX_NAME_BYTES = 120;
/** What file systems, shells and addresses give a meaning to. */
const NOT_IN_NAMES = /[\p{Cc}\p{Cf}\u2028\u2029/\\:*?"<>|%#]/gu;

/**
 * The videos of all rows, in the order in which they are made: by priority, then as the rows come.
 *
 * @throws PlayheadError `template_invalid` for a placeholder without a column, `rows_invalid` for two videos of one name
 */
export function planItems({ columns, rows }: Rows, template: Template): readonly ItemPlan[] {
  checkPlaceholders(columns, template);
  const digest = templateDigest(template);
  const digits = String(rows.length).length;
  const times = new Map<string, number>();
  const items = rows.map((row): ItemPlan => {
    const pairs = [...row.values].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const content = hashOf([digest, pairs]);
    // Two rows that say the same are two videos.
    const nth = (times.get(content) ?? 0) + 1;
    times.set(content, nth);
    const itemDigest = hashOf([RECIPE_VERSION, content, nth]);
    const stem = stemOf(row, template, digits, itemDigest.slice(0, 8));
    return {
      itemId: `video_${itemDigest.slice(0, 16)}`,
      row,
      title: titleOf(row, template),
      fileName: `${stem}.mp4`,
      thumbnailName: `${stem}.jpg`,
      plannedSec: timingOf(template, picturesOf(row, template), null).totalSec,
    };
  });
  checkNames(items);
  return items.toSorted((a, b) => b.row.priority - a.row.priority);
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

function checkPlaceholders(columns: readonly string[], template: Template): void {
  const known = new Set(columns);
  const faults = textsOf(template).flatMap(([path, text]) =>
    columnsIn(text).flatMap((name) => (known.has(name) ? [] : [`${path}: there is no column ${JSON.stringify(name)}`])),
  );
  if (faults.length > 0) throw faultsError("template_invalid", faults, `the rows have ${columns.join(", ")}`);
}

/** How many of its pictures a row names. */
function picturesOf(row: Row, { images }: Template): number {
  const named = (images?.from ?? []).filter((each) => each.provider !== "file" || fillIn(each.file, row).trim() !== "");
  return named.length;
}

function stemOf(row: Row, { output }: Template, digits: number, digest: string): string {
  const given = output.file === undefined ? "" : cleanName(fillIn(output.file, row).replace(/\.mp4$/i, ""));
  return given === "" ? `${String(row.number).padStart(Math.max(4, digits), "0")}-${digest}` : given;
}

/** A name that is one on any system, and no path. */
function cleanName(text: string): string {
  let name = text
    .normalize("NFC")
    .replace(NOT_IN_NAMES, "-")
    .trim()
    .replace(/^[.-]+/, "");
  while (Buffer.byteLength(name) > MAX_NAME_BYTES) name = [...name].slice(0, -1).join("");
  return name.replace(/[. ]+$/, "");
}

function titleOf(row: Row, { title }: Template): string {
  const words =
    title === undefined
      ? ""
      : fileWords(
          fillIn(title.text, row)
            .replace(/[\s/]+/g, " ")
            .trim(),
        );
  if (words === "") return `Row ${row.number}`;
  const letters = [...words];
  return letters.length > MAX_TITLE ? `${letters.slice(0, MAX_TITLE - 1).join("")}…` : words;
}

/** Some file systems do not tell A from a. */
function checkNames(items: readonly ItemPlan[]): void {
  const byName = Map.groupBy(items, ({ fileName }) => fileName.toLowerCase());
  const faults = [...byName.values()].flatMap(([first, second]) =>
    first === undefined || second === undefined
      ? []
      : [`rows ${first.row.number} and ${second.row.number} would both be written to "${fileWords(first.fileName)}"`],
  );
  if (faults.length > 0)
    throw faultsError("rows_invalid", faults, "name a column in output.file that is different in each row");
}
