import type { SetTimer } from "./wake-up.ts";

const SECOND_MS = 1_000;

/** The whole second that is nearest. Milliseconds since 1970, as those given. */
export function nearestWholeSecond(atMs: number): number {
  return Math.ceil(atMs / SECOND_MS - 0.5) * SECOND_MS;
}

/**
 * Until the next whole second that is half a second away or more. What looks for something about every second does so
 * then, all of a process in one wake: waking costs more than what is done in it (`round_jiffies` of Linux does the same).
 *
 * @param nowMs milliseconds since 1970
 * @returns milliseconds, from 500 up to 1,500
 */
export function untilWholeSecond(nowMs: number): number {
  return nearestWholeSecond(nowMs + SECOND_MS) - nowMs;
}

/** Calls back at each whole second, without keeping the process alive for it. @returns ends it */
export function everySecond(
  callback: () => void,
  { nowMs, setTimer }: { readonly nowMs: () => number; readonly setTimer: SetTimer },
): () => void {
  let cancel = arm();
  function arm(): () => void {
    return setTimer(
      () => {
        cancel = arm();
        callback();
      },
      untilWholeSecond(nowMs()),
      false,
    );
  }
  return () => cancel();
}
