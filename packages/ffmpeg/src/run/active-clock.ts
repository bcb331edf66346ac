/** A clock that stands still while paused: rates, stalls and time limits are measured on it. */
export interface ActiveClock {
  /** Milliseconds since it was made, less those spent paused. */
  activeMs(): number;
  pause(): void;
  resume(): void;
}

/** @param nowMs a clock that never goes back, such as `performance.now` */
export function createActiveClock(nowMs: () => number): ActiveClock {
  const startMs = nowMs();
  let pausedMs = 0;
  let pausedAtMs: number | null = null;
  return {
    activeMs: () => (pausedAtMs ?? nowMs()) - startMs - pausedMs,
    pause() {
      pausedAtMs ??= nowMs();
    },
    resume() {
      if (pausedAtMs === null) return;
      pausedMs += nowMs() - pausedAtMs;
      pausedAtMs = null;
    },
  };
}
