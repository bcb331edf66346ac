/**
 * Calls back once, after `delayMs`. Returns the function that takes it back.
 * @param keepsAlive whether the process waits for it before it ends by itself
 */
export type SetTimer = (callback: () => void, delayMs: number, keepsAlive: boolean) => () => void;

/** One timer, set to the earliest time that was asked for; none while nothing was. */
export interface WakeUp {
  /** Wakes then, or before. */
  set(atMs: number): void;
  clear(): void;
}

export interface WakeUpOptions {
  readonly nowMs: () => number;
  readonly setTimer: SetTimer;
  readonly keepsAlive: boolean;
  readonly onWake: () => void;
}

/** A timer that goes off when something is due, not to see whether it is: what looks for nothing costs as much. */
export function createWakeUp({ nowMs, setTimer, keepsAlive, onWake }: WakeUpOptions): WakeUp {
  let dueMs = Number.POSITIVE_INFINITY;
  let cancel: (() => void) | null = null;

  function clear(): void {
    cancel?.();
    cancel = null;
    dueMs = Number.POSITIVE_INFINITY;
  }

  return {
    clear,
    set(atMs) {
      if (atMs >= dueMs) return;
      clear();
      dueMs = atMs;
      const wake = () => {
        cancel = null;
        dueMs = Number.POSITIVE_INFINITY;
        onWake();
      };
      cancel = setTimer(wake, Math.max(0, atMs - nowMs()), keepsAlive);
    },
  };
}
