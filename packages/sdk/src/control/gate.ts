import type { PlayheadError } from "@playhead/core";
import { createFrames, type Frame, type Frames } from "./frames.ts";
import { GATE_TRANSITIONS, type GateEvent, type GateState } from "./gate-state.ts";

/** What can be stopped and let go on: a program that works for the job. Both calls are cheap, and harmless when repeated. */
export interface Pausable {
  stop(): void;
  resume(): void;
}

/** Takes programs into its care: stopped while the job is paused, at once if it is paused already. */
export interface PauseGate {
  /** @returns the function that ends the care, to be called when the program has ended. */
  hold(child: Pausable): () => void;
}

/** Where a job's work passes: it goes on, waits, or ends. */
export interface Gate {
  readonly frames: Frames;
  /** Aborted with the job, its reason a PlayheadError `canceled`. */
  readonly signal: AbortSignal;
  state(): GateState;
  pause(): void;
  resume(): void;
  cancel(reason: PlayheadError): void;
  /**
   * @returns null when the work may go on at once, else a promise of when it may.
   * @throws what the signal was aborted with, once it was; the promise rejects with it.
   */
  pass(frame: Frame, signal: AbortSignal): Promise<void> | null;
  hold(frame: Frame, child: Pausable): () => void;
}

interface Waiter {
  readonly frame: Frame;
  readonly wake: () => void;
}

interface Hold {
  readonly child: Pausable;
  isStopped: boolean;
}

/** @param onPaused called when all work of the job stands still after {@link Gate.pause} */
export function createGate(onPaused: () => void): Gate {
  const controller = new AbortController();
  const waiters = new Set<Waiter>();
  const holds = new Set<Hold>();
  let state: GateState = "open";
  const frames = createFrames(() => move("quiet"));

  function move(event: GateEvent): void {
    const before = state;
    state = GATE_TRANSITIONS[before][event];
    if (state === before) return;
    if (state === "pausing") {
      for (const hold of holds) stop(hold);
      if (frames.areQuiet()) move("quiet");
    } else if (state === "paused") {
      onPaused();
    } else {
      letGoOn();
    }
  }

  /** Also before canceling: a stopped program cannot hear that it shall end. */
  function letGoOn(): void {
    for (const hold of holds) resume(hold);
    for (const { frame, wake } of waiters) {
      // Here, not when the waiting code runs: a pause that comes in between must find it busy.
      frames.removeQuietReason(frame);
      wake();
    }
    waiters.clear();
  }

  async function waitUntilOpen(frame: Frame, signal: AbortSignal): Promise<void> {
    while (state === "pausing" || state === "paused") {
      await new Promise<void>((wake) => {
        waiters.add({ frame, wake });
        frames.addQuietReason(frame);
      });
    }
    signal.throwIfAborted();
  }

  return {
    frames,
    signal: controller.signal,
    state: () => state,
    pause: () => move("pause"),
    resume: () => move("resume"),
    cancel(reason) {
      if (state === "canceled") return;
      move("cancel");
      controller.abort(reason);
    },
    pass(frame, signal) {
      signal.throwIfAborted();
      return state === "open" ? null : waitUntilOpen(frame, signal);
    },
    hold(frame, child) {
      const hold: Hold = { child, isStopped: false };
      holds.add(hold);
      if (state === "pausing" || state === "paused") stop(hold);
      frames.addQuietReason(frame);
      return () => {
        if (holds.delete(hold)) frames.removeQuietReason(frame);
      };
    },
  };
}

function stop(hold: Hold): void {
  hold.isStopped = true;
  attempt(() => hold.child.stop());
}

function resume(hold: Hold): void {
  if (!hold.isStopped) return;
  hold.isStopped = false;
  attempt(() => hold.child.resume());
}

/** A program that cannot be signalled is about to end, or has; the rest of the job must not suffer from it. */
function attempt(signal: () => void): void {
  try {
    signal();
  } catch {
    // Its end comes to light where it is waited for.
  }
}
