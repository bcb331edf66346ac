import type { EventRecord, ObservationRecord } from "@playhead/core";
import type { NumberedRecord } from "./record-queue.ts";
import type { DueTick } from "./tick-slots.ts";

/** Whatever a worker reports. */
export type AnyRecord = EventRecord | ObservationRecord;

/** Facts and ticks in the order in which they were recorded: each tick behind the last fact before it. */
export function mergeInOrder(facts: readonly NumberedRecord[], ticks: readonly DueTick[]): readonly AnyRecord[] {
  if (ticks.length === 0) return facts;
  const merged: AnyRecord[] = [];
  let next = 0;
  for (const fact of facts) {
    for (let tick = ticks[next]; tick !== undefined && tick.after < fact.n; tick = ticks[next]) {
      merged.push(tick.record);
      next += 1;
    }
    merged.push(fact);
  }
  for (const tick of ticks.slice(next)) merged.push(tick.record);
  return merged;
}
