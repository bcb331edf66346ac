import { createHash } from "node:crypto";

/** After all times there are: what is left to it makes ids of which the newest come first. */
const END_OF_TIME_MS = 9_999_999_999_999;
const FORM = /^rpt_(\d{13})-[0-9a-f]{12}$/;

/** An id of a report of a moment; the same for the same name. */
export function reportIdOf(atMs: number, name: string): string {
  const mark = createHash("sha256").update(name).digest("hex").slice(0, 12);
  return `${firstIdBefore(atMs)}-${mark}`;
}

/** What comes before the ids of all reports of this moment and of older ones. */
export function firstIdBefore(atMs: number): string {
  return `rpt_${String(END_OF_TIME_MS - atMs).padStart(13, "0")}`;
}

/** The moment of an id; null for what is none. */
export function momentOfId(id: string): number | null {
  const [, left] = FORM.exec(id) ?? [];
  return left === undefined ? null : END_OF_TIME_MS - Number(left);
}
