import { BASELINE, DURATIONS, LIVENESS_SLOT, LONGEST_CALL, type Slot } from "../rules/measured.ts";
import type { Slots } from "./slots.ts";

/** So many steps a window has. */
export const STEPS_PER_WINDOW = 60;

/** What all series of one window have in common. */
export interface Layout {
  readonly windowMs: number;
  readonly stepMs: number;
  /** Where a series adds up what; by the numbers of slots. */
  readonly places: readonly (number | undefined)[];
  /** How many places there are. */
  readonly size: number;
  /** What is done only where a condition needs it. */
  readonly hasDurations: boolean;
  readonly hasLongestCall: boolean;
  readonly hasBaseline: boolean;
  readonly hasLiveness: boolean;
  /** The place of a slot, of which there may be none. */
  find(slot: Slot): number | undefined;
}

/** One that gets more places when conditions come that need more. */
export interface GrowingLayout extends Layout {
  /** The place of a slot; it has one from then on. */
  placeOf(slot: Slot): number;
  /** The slots in the order of their places. */
  readonly slots: readonly Slot[];
}

export function createLayout(windowMs: number, numbers: Slots): GrowingLayout {
  const places: (number | undefined)[] = [];
  const slots: Slot[] = [];
  const find = (slot: Slot) => places[numbers.numberOf(slot)];
  const layout = {
    windowMs,
    stepMs: windowMs / STEPS_PER_WINDOW,
    places,
    slots,
    size: 0,
    hasDurations: false,
    hasLongestCall: false,
    hasBaseline: false,
    hasLiveness: false,
    find,
    placeOf(slot: Slot): number {
      const there = find(slot);
      if (there !== undefined) return there;
      const place = slots.push(slot) - 1;
      places[numbers.numberOf(slot)] = place;
      layout.size = slots.length;
      layout.hasDurations ||= slot === DURATIONS;
      layout.hasLongestCall ||= slot === LONGEST_CALL;
      layout.hasBaseline ||= slot === BASELINE;
      layout.hasLiveness ||= slot === LIVENESS_SLOT;
      return place;
    },
  };
  return layout;
}
