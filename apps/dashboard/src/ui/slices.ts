import { useEffect, useState } from "react";

/** Work that can be put down: each `yield` is a place to do so, a millisecond after the last one or sooner. */
export type Sliced<Result> = Generator<undefined, Result, undefined>;

/** Half of a frame: in the other one the page draws, and answers whoever uses it. */
const SLICE_MS = 8;

/** Does it without a pause. */
export function atOnce<Result>(work: Sliced<Result>): Result {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** When slices end, and what comes between them. */
export interface Slicing {
  readonly nowMs: () => number;
  readonly pause: () => Promise<void>;
  /** Whether nobody wants it any more. */
  readonly isOver: () => boolean;
}

/** Does it in slices. @returns null where it was over before */
export async function inSlices<Result>(
  work: Sliced<Result>,
  { nowMs, pause, isOver }: Slicing,
): Promise<Result | null> {
  for (;;) {
    const endMs = nowMs() + SLICE_MS;
    do {
      const step = work.next();
      if (step.done === true) return step.value;
    } while (nowMs() < endMs);
    await pause();
    if (isOver()) return null;
  }
}

const nextTurn = () => new Promise<void>((resolve) => setTimeout(resolve));

/**
 * What sliced work came to last: while it is done anew, the result before stands; null before the first.
 *
 * @param begin the same function for the same work
 */
export function useSliced<Result>(begin: () => Sliced<Result>): Result | null {
  const [result, setResult] = useState<Result | null>(null);
  useEffect(() => {
    let isOver = false;
    void inSlices(begin(), { nowMs: () => performance.now(), pause: nextTurn, isOver: () => isOver }).then((done) => {
      if (!isOver && done !== null) setResult(() => done);
    });
    return () => {
      isOver = true;
    };
  }, [begin]);
  return result;
}
