/**
 * The active seconds of a job, by its worker's clock: since it began, without its pauses. Events may come late, out of
 * order, or by a clock that is wrong or jumps; the seconds only grow.
 */
export interface JobClock {
  /** Goes on to the moment of an event. @param heardMs when it came, by the server's clock; null for one of the past */
  at(eventMs: number, heardMs: number | null): number;
  /** Where it stands now, by the server's clock. */
  ask(nowMs: number): number;
  /** Whether it goes on from where it stands. */
  run(isRunning: boolean): void;
}

/** Events of several threads of one worker may be so far out of order; what is further back is a clock that was set. */
const OUT_OF_ORDER_MS = 5_000;
/** No event comes from so far in the future, unless its clock was set. */
const FUTURE_MS = 60_000;

export function createJobClock(): JobClock {
  let activeMs = 0;
  let lastMs: number | null = null;
  let isRunning = false;
  /** By how much the worker's clock is behind the server's, with the way of the event. */
  let lagMs = 0;
  /** How far in the future its events may come from, as far as is known. */
  let aheadMs = FUTURE_MS;

  function moveTo(eventMs: number): void {
    if (lastMs === null) lastMs = eventMs;
    const stepMs = eventMs - lastMs;
    if (stepMs > 0 && isRunning) activeMs += stepMs;
    if (stepMs > 0 || stepMs < -OUT_OF_ORDER_MS) lastMs = eventMs;
  }

  return {
    at(eventMs, heardMs) {
      if (heardMs !== null) {
        const futureMs = eventMs - heardMs;
        // The first event says how wrong the clock is; a jump is only a jump from there.
        if (lastMs === null || futureMs > aheadMs) {
          aheadMs = Math.max(0, futureMs) + FUTURE_MS;
          lastMs = eventMs;
        }
        lagMs = -futureMs;
      }
      moveTo(eventMs);
      return activeMs / 1_000;
    },
    ask(nowMs) {
      const stepMs = lastMs === null || !isRunning ? 0 : Math.max(0, nowMs - lagMs - lastMs);
      return (activeMs + stepMs) / 1_000;
    },
    run(running) {
      isRunning = running;
    },
  };
}
