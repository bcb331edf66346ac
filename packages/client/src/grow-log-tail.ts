import type { LogLine } from "@playhead/core";
import type { LogTail } from "./log-tail.ts";

/** How many lines a tail keeps of those that come in live. */
export const MAX_TAIL_LINES = 2_000;
/** How many it keeps when someone reads on into the past. */
export const MAX_READ_LINES = 20_000;

/** The tail with lines that came in live, or were read to close a gap; the oldest go when there are too many. */
export function appendLines(tail: LogTail, lines: readonly LogLine[]): LogTail {
  const merged = merge(tail.lines, lines);
  if (merged === tail.lines) return tail;
  // Whoever has read far into the past keeps what was read; the tail then grows no further.
  const limit = Math.max(MAX_TAIL_LINES, Math.min(tail.lines.length, MAX_READ_LINES));
  const kept = merged.length > limit ? merged.slice(-limit) : merged;
  return { ...tail, lines: kept, hasOlder: tail.hasOlder || kept.length < merged.length };
}

/** The tail with a page of lines older than it; `complete` says that there are none before them. */
export function prependPage(tail: LogTail, page: readonly LogLine[], complete: boolean): LogTail {
  const merged = merge(tail.lines, page);
  const kept = merged.length > MAX_READ_LINES ? merged.slice(-MAX_READ_LINES) : merged;
  return { lines: kept, loaded: true, hasOlder: !complete && kept.length < MAX_READ_LINES };
}

/** Both, by their growing ids, each line once; the first array itself when the second brings nothing new. */
function merge(known: readonly LogLine[], more: readonly LogLine[]): readonly LogLine[] {
  const lastId = known.at(-1)?.log_id ?? -1;
  const inOrder = more.every(
    (line, index) => line.log_id > (index === 0 ? lastId : (more[index - 1]?.log_id ?? lastId)),
  );
  if (inOrder) return more.length === 0 ? known : [...known, ...more];
  const byId = new Map(known.map((line) => [line.log_id, line]));
  for (const line of more) byId.set(line.log_id, line);
  if (byId.size === known.length) return known;
  return [...byId.values()].sort((a, b) => a.log_id - b.log_id);
}
