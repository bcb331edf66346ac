/** Sees whether a job is held up by somebody's limit. */
export interface LimitWatch {
  /** An item is being made. @returns ends it */
  work(): () => void;
  /** An item that is being made waits for so long. @returns ends it */
  wait(ms: number): () => void;
}

/** Shorter waits are not worth telling of. */
const LEAST_MS = 250;

/**
 * A job is limited while all items that are being made wait: as long as one goes on, so does the job.
 *
 * @param say told when that changes
 */
export function createLimitWatch(say: (isLimited: boolean) => void): LimitWatch {
  let working = 0;
  let waiting = 0;
  let isLimited = false;

  function look(): void {
    const isNow = waiting > 0 && waiting >= working;
    if (isNow === isLimited) return;
    isLimited = isNow;
    say(isNow);
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
      waiting += 1;
      look();
      return once(() => {
        waiting -= 1;
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
