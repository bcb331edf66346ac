/**
 * Calls back once, after `delayMs`. Returns the function that takes it back.
 * @param keepsAlive whether the process waits for it before it ends by itself
 */
export type SetTimer = (callback: () => void, delayMs: number, keepsAlive: boolean) => () => void;

/** The timers of the platform. */
export const setSystemTimer: SetTimer = (callback, delayMs, keepsAlive) => {
  const timer = setTimeout(callback, delayMs);
  if (!keepsAlive) timer.unref();
  return () => clearTimeout(timer);
};
