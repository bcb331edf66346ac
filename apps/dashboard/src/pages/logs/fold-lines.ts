import type { LogEntry } from "@playhead/core";

/** One row of the log: an entry, and those right after it that say the same. */
export interface LogRow {
  readonly entry: LogEntry;
  /** Without `entry` itself; the newest first. Folded away under it. */
  readonly repeats: readonly LogEntry[];
}

/** From so many on it is worth it. */
const LEAST_FOLDED = 3;

/**
 * Entries as rows: three or more in a row that differ in their numbers only are one, unless it was opened.
 *
 * @param opened the ids of the newest entry of those that are to be seen one by one
 */
export function foldLines(entries: readonly LogEntry[], opened: ReadonlySet<number>): readonly LogRow[] {
  const rows: LogRow[] = [];
  for (let at = 0; at < entries.length; ) {
    const entry = entries[at];
    if (entry === undefined) break;
    const key = saying(entry);
    let end = at + 1;
    for (let next = entries[end]; next !== undefined && saying(next) === key; next = entries[end]) end += 1;
    const isFolded = end - at >= LEAST_FOLDED && !opened.has(entry.entry_id);
    if (isFolded) rows.push({ entry, repeats: entries.slice(at + 1, end) });
    else for (const each of entries.slice(at, end)) rows.push({ entry: each, repeats: [] });
    at = end;
  }
  return rows;
}

/** What an entry says, whatever its numbers. */
function saying({ level, logger, job_id, message }: LogEntry): string {
  return `${level} ${logger} ${job_id} ${message.replace(/\d+/g, "0")}`;
}
