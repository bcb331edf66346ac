/** Sees whether a job is held up by somebody's limit. */
export interface LimitWatch {
  /** An item is being made. @returns ends it */
  work(): () => void;
  /** An item that is being made waits for so long. @returns ends it */
  wait(ms: number): () => void;
}

/** Shorter waits are not worth telling of. */
const LEAST_MS = 250;

/** What a job is to say of its limit. */
export interface LimitSaid {
  readonly rate_limited: boolean;
  /** While it is limited: in how long the first of those that wait goes on. */
  readonly retry_after_ms?: number;
}

/**
 * A job is limited while all items that are being made wait: as long as one goes on, so does the job.
 *
 * @param say told when that changes
 */
export function createLimitWatch(say: (said: LimitSaid) => void, nowMs: () => number): LimitWatch {
  let working = 0;
  /** When each wait is over. */
  const waits = new Set<{ readonly untilMs: number }>();
  let isLimited = false;

  function look(): void {
    const isNow = waits.size > 0 && waits.size >= working;
    if (isNow === isLimited) return;
    isLimited = isNow;
    say(isNow ? { rate_limited: true, retry_after_ms: firstOverMs() } : { rate_limited: false });
  }

  function firstOverMs(): number {
    const firstMs = Math.min(...Array.from(waits, ({ untilMs }) => untilMs));
    return Math.max(0, Math.round(firstMs - nowMs()));
  }

  return {
    work() {
      working += 1;
      look();
      return once(() => {
        working -= 1;
        look();
      });
    },
    wait(ms) {
      if (ms < LEAST_MS) return () => undefined;
      const wait = { untilMs: nowMs() + ms };
      waits.add(wait);
      look();
      return once(() => {
        waits.delete(wait);
        look();
      });
    },
  };
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) action();
    isDone = true;
  };
}
