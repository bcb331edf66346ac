import type { Slot } from "../rules/measured.ts";

/**
 * Numbers for the slots that any rule needs, so that what happens is compared by number. Slots that nobody needs have
 * none, and cost nothing.
 */
export interface Slots {
  /** Its number, from now on. */
  numberOf(slot: Slot): number;
  /** Its number, where it has one. */
  find(slot: Slot): number | undefined;
}

export function createSlots(): Slots {
  const numbers = new Map<Slot, number>();
  return {
    numberOf(slot) {
      const number = numbers.get(slot) ?? numbers.size;
      numbers.set(slot, number);
      return number;
    },
    find: (slot) => numbers.get(slot),
  };
}
