/** What is left of an item, as one draw has it. */
export interface LeftItem {
  /** Seconds of work, as if it had the machine for itself. */
  sec: number;
  /** How much slower it gets by others beside it: with n at a time at n^(−contention) of its speed. */
  contention: number;
  readonly isRunning: boolean;
  /** It begins when all of lower phases have ended. */
  readonly phase: number;
  /** When it ends, where that is asked for. */
  endSec?: number;
  /** When it begins, or 0 where it runs. */
  startSec?: number;
}

/** How items may begin. */
export interface StartLimits {
  readonly slots: number;
  /** Nothing begins for so many seconds. */
  readonly blockedSec: number;
  /** Starts a second; null: as many as there are slots for. */
  readonly rate: number | null;
  /** So many may begin before the rate counts. */
  readonly burst: number;
}

const EPSILON_SEC = 1e-9;

/**
 * How long it takes until all have ended: each takes the next free slot in their order, and those that run share the
 * machine.
 *
 * @param items running ones first, then the others by phase; what is left of them is used up
 * @returns seconds
 */
export type Schedule = (items: readonly LeftItem[], limits: StartLimits) => number;

/** Makes one that is asked many times over: a draw allocates nothing. */
export function createSchedule(): Schedule {
  const running: LeftItem[] = [];
  let next = 0;
  let sec = 0;
  let free = 0;
  let gapSec = 0;
  let startedSec = 0;

  function begin(item: LeftItem): void {
    item.startSec = sec;
    running.push(item);
    next += 1;
  }

  /** When the next one may begin, if it has a slot. */
  const mayBeginSec = (blockedSec: number) =>
    sec < blockedSec - EPSILON_SEC ? blockedSec : free > 0 ? sec : startedSec + gapSec;

  function startSome(items: readonly LeftItem[], slots: number, blockedSec: number): void {
    while (running.length < slots && next < items.length) {
      const item = items[next] as LeftItem;
      if (isBehind(item.phase, running) || mayBeginSec(blockedSec) > sec + EPSILON_SEC) return;
      const hasWaited = free <= 0 && gapSec > 0 && Number.isFinite(startedSec);
      // Who had nothing to begin for a while may catch up with two.
      startedSec = hasWaited ? Math.max(startedSec + gapSec, sec - 2 * gapSec) : sec;
      free -= 1;
      begin(item);
    }
  }

  return (items, { slots, blockedSec, rate, burst }) => {
    running.length = 0;
    next = 0;
    sec = 0;
    free = burst;
    gapSec = rate === null ? 0 : 1 / rate;
    startedSec = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < items.length; at++) {
      const item = items[at] as LeftItem;
      if (item.isRunning) begin(item);
    }
    for (let turns = 20 * items.length + 1_000; turns > 0; turns--) {
      startSome(items, slots, blockedSec);
      if (running.length === 0 && next >= items.length) break;
      const crowd = running.length > 1 ? Math.log(running.length) : 0;
      let stepSec = Number.POSITIVE_INFINITY;
      let ending = -1;
      for (let at = 0; at < running.length; at++) {
        const item = running[at] as LeftItem;
        const neededSec = item.sec * (crowd > 0 && item.contention > 0 ? Math.exp(item.contention * crowd) : 1);
        if (neededSec >= stepSec) continue;
        stepSec = neededSec;
        ending = at;
      }
      if (running.length < slots && next < items.length) {
        const waitSec = mayBeginSec(blockedSec) - sec;
        if (waitSec > EPSILON_SEC && waitSec < stepSec) {
          stepSec = waitSec;
          ending = -1;
        }
      }
      if (stepSec === Number.POSITIVE_INFINITY) break;
      for (let at = 0; at < running.length; at++) {
        const item = running[at] as LeftItem;
        item.sec -= stepSec * (crowd > 0 && item.contention > 0 ? Math.exp(-item.contention * crowd) : 1);
      }
      sec += stepSec;
      if (ending < 0) continue;
      const ended = running[ending] as LeftItem;
      const moved = running.pop() as LeftItem;
      ended.endSec = sec;
      if (moved !== ended) running[ending] = moved;
    }
    return sec;
  };
}

/** Whether some of them are of a lower phase. */
function isBehind(phase: number, running: readonly LeftItem[]): boolean {
  for (let at = 0; at < running.length; at++) if ((running[at] as LeftItem).phase < phase) return true;
  return false;
}
