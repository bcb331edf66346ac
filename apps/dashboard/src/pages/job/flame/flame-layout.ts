import type { LogEntry } from "@playhead/core";

/** Calls laid out in rows: those that a call made lie under it, and in a row none overlaps another. */
export interface FlameLayout {
  /** By their start. */
  readonly calls: readonly LogEntry[];
  readonly startMs: Float64Array;
  /** Of what still runs, infinity. */
  readonly endMs: Float64Array;
  readonly row: Uint16Array;
  /** The call that made it, as an index; -1 for none that is in hand. */
  readonly caller: Int32Array;
  /** The calls of each row, by their start, and so by their end. */
  readonly rows: readonly (readonly number[])[];
}

const MOST_ROWS = 0xffff;

/** Lays calls out: each in the first row below its caller's in which there is room for it. */
export function layoutFlame(entries: readonly LogEntry[]): FlameLayout {
  const timed = entries.map((call) => ({ call, startMs: Date.parse(call.timestamp) }));
  // What began together is ordered by its length: a caller before what it calls.
  const lengthOf = ({ duration }: LogEntry) => duration ?? Number.POSITIVE_INFINITY;
  timed.sort((a, b) => a.startMs - b.startMs || lengthOf(b.call) - lengthOf(a.call));
  const calls = timed.map(({ call }) => call);
  const startMs = Float64Array.from(timed, (each) => each.startMs);
  const endMs = Float64Array.from(timed, (each) => each.startMs + lengthOf(each.call));
  const row = new Uint16Array(calls.length);
  const caller = new Int32Array(calls.length).fill(-1);
  const rows: number[][] = [];
  const bySpan = new Map<string, number>();

  calls.forEach(({ span_id: span, parent_span_id: parent }, index) => {
    // One that began after what it is said to have called is not above it.
    const above = parent === null ? undefined : bySpan.get(parent);
    if (span !== null) bySpan.set(span, index);
    if (above !== undefined) caller[index] = above;
    let at = above === undefined ? 0 : (row[above] as number) + 1;
    while (at < MOST_ROWS && isTaken(rows[at], startMs[index] as number)) at += 1;
    for (let missing = rows.length; missing <= at; missing += 1) rows.push([]);
    row[index] = at;
    rows[at]?.push(index);
  });

  function isTaken(inRow: readonly number[] | undefined, fromMs: number): boolean {
    const last = inRow?.at(-1);
    return last !== undefined && (endMs[last] as number) > fromMs;
  }
  return { calls, startMs, endMs, row, caller, rows };
}

/** The place in a row of the first call that ends after a moment; the row's length where none does. */
export function firstEndingAfter({ rows, endMs }: FlameLayout, row: number, atMs: number): number {
  const inRow = rows[row] ?? [];
  let low = 0;
  let high = inRow.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((endMs[inRow[middle] as number] as number) > atMs) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The call at a moment in a row, or one that is so near that one means it; -1 for none. */
export function callAt(layout: FlameLayout, row: number, atMs: number, nearMs: number): number {
  const inRow = layout.rows[row];
  if (inRow === undefined) return -1;
  const found = inRow[firstEndingAfter(layout, row, atMs - nearMs)];
  return found !== undefined && (layout.startMs[found] as number) <= atMs + nearMs ? found : -1;
}

/** The calls whose name, or error, has the text in it, in the order of their start; none for no text. */
export function findCalls({ calls }: FlameLayout, text: string): ReadonlySet<number> {
  const wanted = text.trim().toLowerCase();
  const found = new Set<number>();
  if (wanted === "") return found;
  calls.forEach(({ function_name, error_details }, index) => {
    const said = `${function_name ?? ""} ${error_details?.class ?? ""} ${error_details?.message ?? ""}`;
    if (said.toLowerCase().includes(wanted)) found.add(index);
  });
  return found;
}
