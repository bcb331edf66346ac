import { untilWholeSecond } from "@playhead/core";

export interface LoopDeps {
  /** @returns whether there is more to do at once */
  readonly step: () => Promise<boolean>;
  readonly nowMs: () => number;
  /** Told of failed steps, of many in a row now and then; the loop goes on. */
  readonly onError: (error: unknown) => void;
}

/** What happens within so short a time is taken in one step. */
const GATHER_MS = 250;
const TELL_AGAIN_MS = 60_000;

/** Runs a step again and again, never two at once, and whatever a step does: it ends by `close` alone. */
export function createLoop({ step, nowMs, onError }: LoopDeps) {
  let turn: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let dueMs = Number.POSITIVE_INFINITY;
  let isRunning = false;
  let isClosed = false;
  let lastRunMs: number | null = null;
  let toldMs = Number.NEGATIVE_INFINITY;

  /** After all that was asked for before. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  }

  async function run(): Promise<void> {
    isRunning = true;
    dueMs = Number.POSITIVE_INFINITY;
    try {
      while ((await inTurn(step)) && !isClosed);
      lastRunMs = nowMs();
      toldMs = Number.NEGATIVE_INFINITY;
    } catch (error) {
      if (nowMs() - toldMs >= TELL_AGAIN_MS) {
        toldMs = nowMs();
        onError(error);
      }
    } finally {
      isRunning = false;
      schedule(Number.isFinite(dueMs) ? GATHER_MS : untilWholeSecond(nowMs()));
    }
  }

  function schedule(afterMs: number): void {
    if (isClosed) return;
    clearTimeout(timer);
    timer = setTimeout(() => void run(), afterMs);
    timer.unref();
  }

  return {
    start: (): void => schedule(0),
    /** There is something to do. */
    wake(): void {
      const isAsked = Number.isFinite(dueMs);
      dueMs = 0;
      if (!isAsked && !isRunning) schedule(GATHER_MS);
    },
    inTurn,
    /** When a step last did all that it was to do; null before the first. */
    lastRunMs: (): number | null => lastRunMs,
    /** Ends after what is under way. */
    async close(): Promise<void> {
      isClosed = true;
      clearTimeout(timer);
      await turn;
    },
  };
}
