import type { SetTimer } from "../timer.ts";

/** A queue's answer to code that fills it faster than it can be emptied. */
export interface Room {
  /** @returns null when there is room, or there is no use in waiting; else a promise of it */
  wait(): Promise<void> | null;
  /** Something has changed: those who wait may go on. */
  check(): void;
}

export interface RoomOptions {
  readonly setTimer: SetTimer;
  /** Nobody waits for longer. */
  readonly limitMs: number;
  /** Whether there is no room now, though there soon may be. */
  readonly isWanted: () => boolean;
}

/**
 * The monitoring must not hold up what it monitors: where room does not come within the limit, the server is slower
 * than the work, and nobody waits any more until there was room again. What does not fit then is dropped and counted.
 */
export function createRoom({ setTimer, limitMs, isWanted }: RoomOptions): Room {
  let turn: { readonly promise: Promise<void>; readonly resolve: () => void } | null = null;
  let stopTimer: (() => void) | null = null;
  let isGivenUp = false;

  function goOn(): void {
    stopTimer?.();
    stopTimer = null;
    turn?.resolve();
    turn = null;
  }

  return {
    wait() {
      if (isGivenUp || !isWanted()) return null;
      if (turn === null) {
        turn = Promise.withResolvers<void>();
        const giveUp = () => {
          isGivenUp = true;
          goOn();
        };
        stopTimer = setTimer(giveUp, limitMs, true);
      }
      return turn.promise;
    },
    check() {
      if (isWanted()) return;
      isGivenUp = false;
      goOn();
    },
  };
}
