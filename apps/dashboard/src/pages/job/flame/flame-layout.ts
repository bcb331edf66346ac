import type { LogEntry } from "@playhead/core";
import type { Sliced } from "../../../ui/slices.ts";

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
/** So many are done before the work can be put down: a fraction of a millisecond. */
const STEP = 1_000;

/** Lays calls out: each in the first row below its caller's in which there is room for it. */
export function* layoutFlame(entries: readonly LogEntry[]): Sliced<FlameLayout> {
  const begunMs = new Float64Array(entries.length);
  for (let at = 0; at < entries.length; at += 1) {
    begunMs[at] = Date.parse((entries[at] as LogEntry).timestamp);
    if (at % STEP === 0) yield;
  }
  const lengthOf = (at: number) => entries[at]?.duration ?? Number.POSITIVE_INFINITY;
  // What began together is ordered by its length: a caller before what it calls.
  const order = yield* inOrder(entries.length, (one, other) => {
    const [oneMs, otherMs] = [begunMs[one] as number, begunMs[other] as number];
    return oneMs < otherMs || (oneMs === otherMs && lengthOf(one) >= lengthOf(other));
  });
  return yield* placeInRows(
    Array.from(order, (at) => entries[at] as LogEntry),
    Float64Array.from(order, (at) => begunMs[at] as number),
  );
}

/**
 * The numbers below `count` in order, by merging ever longer runs of them.
 *
 * @param isFirst whether one stands before the other; of two that are alike either does, and they stay as they were
 */
function* inOrder(count: number, isFirst: (one: number, other: number) => boolean): Sliced<Int32Array> {
  let from = Int32Array.from({ length: count }, (_, at) => at);
  let to = new Int32Array(count);
  let done = 0;
  for (let run = 1; run < count; run *= 2) {
    for (let start = 0; start < count; start += 2 * run) {
      const middle = Math.min(start + run, count);
      const end = Math.min(start + 2 * run, count);
      let [left, right] = [start, middle];
      for (let at = start; at < end; at += 1) {
        const isLeft = right >= end || (left < middle && isFirst(from[left] as number, from[right] as number));
        to[at] = from[isLeft ? left++ : right++] as number;
        if (++done % STEP === 0) yield;
      }
    }
    [from, to] = [to, from];
  }
  return from;
}

/** @param calls by their start */
function* placeInRows(calls: readonly LogEntry[], startMs: Float64Array<ArrayBuffer>): Sliced<FlameLayout> {
  const endMs = startMs.map((ms, index) => ms + (calls[index]?.duration ?? Number.POSITIVE_INFINITY));
  const row = new Uint16Array(calls.length);
  const caller = new Int32Array(calls.length).fill(-1);
  const rows: number[][] = [];
  const bySpan = new Map<string, number>();
  let done = 0;
  for (let index = 0; index < calls.length; index += 1) {
    const { span_id: span, parent_span_id: parent } = calls[index] as LogEntry;
    // One that began after what it is said to have called is not above it.
    const above = parent === null ? undefined : bySpan.get(parent);
    if (span !== null) bySpan.set(span, index);
    if (above !== undefined) caller[index] = above;
    let at = above === undefined ? 0 : (row[above] as number) + 1;
    for (; at < MOST_ROWS && isTaken(rows[at], startMs[index] as number); at += 1) if (++done % STEP === 0) yield;
    for (let missing = rows.length; missing <= at; missing += 1) rows.push([]);
    row[index] = at;
    rows[at]?.push(index);
    if (++done % STEP === 0) yield;
  }

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
export function* findCalls({ calls }: Pick<FlameLayout, "calls">, text: string): Sliced<ReadonlySet<number>> {
  const wanted = text.trim().toLowerCase();
  const found = new Set<number>();
  if (wanted === "") return found;
  for (let index = 0; index < calls.length; index += 1) {
    const { function_name, error_details } = calls[index] as LogEntry;
    const said = `${function_name ?? ""} ${error_details?.class ?? ""} ${error_details?.message ?? ""}`;
    if (said.toLowerCase().includes(wanted)) found.add(index);
    if (index % STEP === 0) yield;
  }
  return found;
}
