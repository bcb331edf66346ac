/** Calls back after a delay. @returns takes it back */
export type After = (delayMs: number, run: () => void) => () => void;

/** By a timer that keeps no process alive. */
export const afterByTimer: After = (delayMs, run) => {
  const timer = setTimeout(run, delayMs).unref();
  return () => clearTimeout(timer);
};
