import type { LogEntry } from "@playhead/core";

/** Entries the newest first, each once: what was there, and what came. The same array where nothing did. */
export function mergeEntries(there: readonly LogEntry[], came: readonly LogEntry[]): readonly LogEntry[] {
  const known = new Set(there.map(({ entry_id }) => entry_id));
  const fresh = came.filter(({ entry_id }) => !known.has(entry_id) && known.add(entry_id));
  return fresh.length === 0 ? there : [...there, ...fresh].sort(newestFirst);
}

/** The order of the server's pages: by time, then by arrival. */
function newestFirst(a: LogEntry, b: LogEntry): number {
  if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp ? 1 : -1;
  return b.entry_id - a.entry_id;
}
