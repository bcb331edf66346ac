import { setImmediate as othersTurn } from "node:timers/promises";

/** So much work is done in one go: a few milliseconds. */
const AT_ONCE = 1_000;

/** Counts work, and says when others are to get their turn of the event loop. */
export function createFairTurns() {
  let done = 0;
  return {
    /** Counts a piece of work. @returns whether it is time for {@link pause} */
    isLong(): boolean {
      done += 1;
      return done >= AT_ONCE;
    },
    async pause(): Promise<void> {
      done = 0;
      await othersTurn();
    },
  };
}
