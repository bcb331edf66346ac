import type { SetTimer } from "@playhead/core";

export type { SetTimer };

/** The timers of the platform. */
export const setSystemTimer: SetTimer = (callback, delayMs, keepsAlive) => {
  const timer = setTimeout(callback, delayMs);
  if (!keepsAlive) timer.unref();
  return () => clearTimeout(timer);
};
