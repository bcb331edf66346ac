import type { SetTimer } from "../timer.ts";

/** One timer, set to the earliest time that was asked for; none while nothing was. */
export interface WakeUp {
  set(atMs: number): void;
  clear(): void;
}

export interface WakeUpOptions {
  readonly nowMs: () => number;
  readonly setTimer: SetTimer;
  readonly keepsAlive: boolean;
  readonly onWake: () => void;
}

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
