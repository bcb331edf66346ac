import type { ItemState } from "./simulation.ts";

/** How many items run at a time. */
export interface SlotCount {
  /** An item waits. */
  added(item: Slotted): void;
  /** Called before it has gone over. */
  moved(item: Slotted & { readonly state: ItemState }, to: ItemState): void;
  count(): number;
  learn(before: number | null): number | null;
}

interface Slotted {
  readonly phase: number;
}

/**
 * As many as were seen to run at once, once one has ended that others had waited for: then there was no place for more.
 * Before that, it may be as many as in past jobs.
 *
 * @param told how many there are, where somebody said so
 * @param past how many ran in past jobs
 */
export function createSlotCount(told: number | null, past: number | null): SlotCount {
  const waitingOf = new Map<number, number>();
  let running = 0;
  let most = 0;
  let isSure = false;
  const wait = (phase: number, change: number) => waitingOf.set(phase, (waitingOf.get(phase) ?? 0) + change);

  return {
    added: ({ phase }) => void wait(phase, 1),
    moved({ phase, state }, to) {
      if (state === to) return;
      if (state === "waiting") wait(phase, -1);
      if (state === "running") running -= 1;
      if (to === "waiting") wait(phase, 1);
      if (to === "running") {
        running += 1;
        most = Math.max(most, running);
      }
      if (to === "done" && state === "running" && (waitingOf.get(phase) ?? 0) > 0) isSure = true;
    },
    count: () => told ?? Math.max(1, most, isSure ? 0 : (past ?? 0)),
    learn: (before) => (most > 0 ? most : before),
  };
}
