import type { ActiveClock } from "./active-clock.ts";

export type ExpiryCause = "stalled" | "timeout";

export interface WatchdogOptions {
  readonly clock: ActiveClock;
  /** Longest unpaused time without any advance, in milliseconds; 0 or Infinity: no limit. */
  readonly stallTimeoutMs: number;
  /** Longest unpaused time altogether, in milliseconds; 0 or Infinity: no limit. */
  readonly timeoutMs: number;
  /** A figure that grows while the process works without showing it (bytes it moved); null, unknown, is trusted. */
  readonly hiddenWork: () => number | null;
  readonly onExpire: (cause: ExpiryCause) => void;
}

export interface Watchdog {
  /** Media time, frames or bytes have grown. */
  advanced(): void;
  /** From now on media time stands still and only hidden work counts. */
  watchHiddenWork(): void;
  /** When the last advance was, on the active clock. */
  lastAdvanceMs(): number;
  stop(): void;
}

const limitOf = (timeoutMs: number) => (timeoutMs > 0 ? timeoutMs : Number.POSITIVE_INFINITY);

/**
 * Watches a child by what it achieves, never by whether it speaks: ffmpeg 7 goes on reporting the same frame while its
 * input hangs. Its clock starts when it is made and stands still while paused.
 */
export function createWatchdog(options: WatchdogOptions): Watchdog {
  const { clock, hiddenWork, onExpire } = options;
  const stallTimeoutMs = limitOf(options.stallTimeoutMs);
  const timeoutMs = limitOf(options.timeoutMs);
  let lastAdvanceMs = clock.activeMs();
  let isHidden = false;
  let lastWork: number | null = null;

  const check = () => {
    const activeMs = clock.activeMs();
    if (isHidden) {
      const work = hiddenWork();
      if (work === null || work !== lastWork) lastAdvanceMs = activeMs;
      lastWork = work;
    }
    if (activeMs >= timeoutMs) expire("timeout");
    else if (activeMs - lastAdvanceMs >= stallTimeoutMs) expire("stalled");
  };
  const expire = (cause: ExpiryCause) => {
    clearInterval(timer);
    onExpire(cause);
  };
  const intervalMs = Math.max(10, Math.min(1000, stallTimeoutMs / 5, timeoutMs / 5));
  const timer = setInterval(check, intervalMs);

  return {
    advanced() {
      lastAdvanceMs = clock.activeMs();
    },
    watchHiddenWork() {
      isHidden = true;
      lastAdvanceMs = clock.activeMs();
    },
    lastAdvanceMs: () => lastAdvanceMs,
    stop: () => clearInterval(timer),
  };
}
