import { DEFAULT_WEIGHTS, type PartName } from "../score/score.ts";
import type { Report, ReportedClip } from "./report.ts";

const PARTS = Object.keys(DEFAULT_WEIGHTS) as readonly PartName[];

/** A cell that a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/** The clips of a report as CSV (RFC 4180), one a line; a part that a clip does not have is empty. */
export function reportCsv({ clips }: Pick<Report, "clips">): string {
  const head = ["rank", "score", "title", "url", "file", "published_at", "duration_sec", ...PARTS];
  return [head, ...clips.map(rowOf)].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function rowOf(clip: ReportedClip): readonly (string | number | null)[] {
  const { rank, score, title, url, file, published_at, duration_sec, parts } = clip;
  const values = PARTS.map((name) => parts.find(({ part }) => part === name)?.value ?? null);
  return [rank, score, title, url, file, published_at, duration_sec, ...values];
}

/** Titles come from anywhere: what looks like a formula is made text by an apostrophe. */
function cell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
