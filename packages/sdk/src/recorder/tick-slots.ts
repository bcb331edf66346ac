import type { EventRecord } from "@playhead/core";

/** The place of one task's latest progress: whatever is still in it when the next comes is replaced. */
export interface TickSlot {
  /** Makes the record of where the task stands now; null when there is nothing to say any more. */
  readonly make: () => EventRecord | null;
  /** When a tick last left the throttle. */
  sentMs: number;
  /** Held back by the throttle. */
  isWaiting: boolean;
  /** The tick that is due to be sent, and the number of the last fact before it. */
  record: EventRecord | null;
  after: number;
}

/** Makes the place of a task that has not reported progress yet. */
export function createTickSlot(make: () => EventRecord | null): TickSlot {
  return { make, sentMs: Number.NEGATIVE_INFINITY, isWaiting: false, record: null, after: 0 };
}

export interface TickSlots {
  /** A task has moved: its tick is due at once, or waits until its throttle is over. @returns whether it is due */
  offer(slot: TickSlot, nowMs: number): boolean;
  /** Lets a tick go that the throttle holds back, before its time. */
  release(slot: TickSlot, nowMs: number): void;
  /** Forgets a tick that the throttle holds back. */
  dropWaiting(slot: TickSlot): void;
  /** Forgets whatever has not been sent of a task's progress. */
  drop(slot: TickSlot): void;
  /** Lets go whatever the throttle has held back long enough; all of it with `nowMs` Infinity. */
  releaseDue(nowMs: number): void;
  /** When the throttle has to be looked at again; Infinity when nothing waits. */
  nextDueMs(): number;
  dueCount(): number;
  /** Takes out the ticks that stand behind no later fact than `n`, in order. */
  takeUpTo(n: number): DueTick[];
}

/** A tick, and the number of the last fact before it. */
export interface DueTick {
  readonly record: EventRecord;
  readonly after: number;
}

export interface TickSlotsOptions {
  /** When the next tick of a task may leave, by when one last did. Milliseconds since 1970. */
  readonly dueMs: (sentMs: number) => number;
  /** The number of the last fact recorded. */
  readonly lastNumber: () => number;
}

/** Ticks on their way: latest wins, on the leading and on the trailing edge of the throttle. */
export function createTickSlots({ dueMs: dueAfter, lastNumber }: TickSlotsOptions): TickSlots {
  const waiting = new Set<TickSlot>();
  /** In the order in which they became due, and so by `after`. */
  const due = new Set<TickSlot>();
  let nextDueMs = Number.POSITIVE_INFINITY;

  function enqueue(slot: TickSlot, nowMs: number): void {
    const record = slot.make();
    due.delete(slot);
    slot.record = record;
    if (record === null) return;
    slot.sentMs = nowMs;
    slot.after = lastNumber();
    due.add(slot);
  }

  function dropWaiting(slot: TickSlot): void {
    if (!slot.isWaiting) return;
    slot.isWaiting = false;
    waiting.delete(slot);
  }

  return {
    dropWaiting,
    offer(slot, nowMs) {
      if (slot.isWaiting) return false;
      const dueMs = dueAfter(slot.sentMs);
      // A clock that was set back must not hold a tick for longer than the throttle.
      if (nowMs >= dueMs || nowMs < slot.sentMs) {
        enqueue(slot, nowMs);
        return true;
      }
      slot.isWaiting = true;
      waiting.add(slot);
      nextDueMs = Math.min(nextDueMs, dueMs);
      return false;
    },
    release(slot, nowMs) {
      if (!slot.isWaiting) return;
      dropWaiting(slot);
      enqueue(slot, nowMs);
    },
    drop(slot) {
      dropWaiting(slot);
      due.delete(slot);
      slot.record = null;
    },
    releaseDue(nowMs) {
      if (nowMs < nextDueMs) return;
      nextDueMs = Number.POSITIVE_INFINITY;
      for (const slot of waiting) {
        const dueMs = dueAfter(slot.sentMs);
        if (nowMs < dueMs) {
          nextDueMs = Math.min(nextDueMs, dueMs);
          continue;
        }
        dropWaiting(slot);
        enqueue(slot, Math.min(nowMs, dueMs));
      }
    },
    nextDueMs: () => (waiting.size === 0 ? Number.POSITIVE_INFINITY : nextDueMs),
    dueCount: () => due.size,
    takeUpTo(n) {
      const taken: DueTick[] = [];
      for (const slot of due) {
        const { record, after } = slot;
        if (after > n) break;
        due.delete(slot);
        slot.record = null;
        if (record !== null) taken.push({ record, after });
      }
      return taken;
    },
  };
}
