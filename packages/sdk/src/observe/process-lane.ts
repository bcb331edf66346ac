import type { Lane } from "./execution.ts";

/** Lanes that are open; while there is none, an instrumented call is a call. */
let openLanes = 0;
/** The one that takes calls outside of any job. */
let current: Lane | null = null;

/** Whether calls are recorded anywhere: asked first, at each call. */
export function isRecording(): boolean {
  return openLanes > 0;
}

/** Where calls outside of any job are recorded. */
export function processLane(): Lane | null {
  return current;
}

/** A lane opens. @returns what says that it has closed */
export function openLane(lane: Lane): () => void {
  let isClosed = false;
  openLanes += 1;
  return () => {
    if (isClosed) return;
    isClosed = true;
    openLanes -= 1;
    if (current === lane) current = null;
  };
}

/** From now on calls outside of any job are recorded here; null: nowhere. */
export function setProcessLane(lane: Lane | null): void {
  current = lane;
}
