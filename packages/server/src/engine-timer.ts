import type { SetTimer } from "@playhead/core";

/** The timers of the platform. */
export const setTimer: SetTimer = (callback, delayMs, keepsAlive) => {
  const timer = setTimeout(callback, delayMs);
  if (!keepsAlive) timer.unref();
  return () => clearTimeout(timer);
};
