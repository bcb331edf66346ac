import type { SetTimer } from "../timer.ts";
import type { Heartbeat } from "../transport/transport.ts";
import { type Beat, type BeatOptions, FAILED, type OnEnded, startBeat, TAKEN } from "./beat.ts";
import { startBeatThread } from "./beat-thread.ts";
import { type LoopWatch, watchLoop } from "./loop-watch.ts";

export interface HeartbeatOptions extends Pick<BeatOptions, "base" | "apiKey" | "source" | "everyMs"> {
  readonly setTimer: SetTimer;
  /** Starts what beats beside this thread. @throws where there can be none */
  readonly startThread?: (options: BeatOptions, onEnded: OnEnded, onBroken: () => void) => Beat;
  readonly onEnded: OnEnded;
}

/** A heartbeat, and how it fared. */
export interface CountedHeartbeat extends Heartbeat {
  counts(): { readonly taken: number; readonly failed: number };
}

/** A worker that runs one short job after the other keeps its thread in between. */
const LINGER_MS = 30_000;
const MOST_LOOP_MS = 500;

/**
 * The worker's heartbeat: a thread while it has jobs, and half a minute longer. Where there can be no thread, a timer
 * does it, which stands still when the worker blocks.
 */
export function startHeartbeat(options: HeartbeatOptions): CountedHeartbeat {
  const { setTimer, startThread = startBeatThread, everyMs, onEnded } = options;
  const loopEveryMs = Math.max(1, Math.min(MOST_LOOP_MS, Math.floor(everyMs / 4)));
  const counters = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  let running: { readonly beat: Beat; readonly watch: LoopWatch } | null = null;
  let mayUseThread = true;
  let jobs: readonly string[] = [];
  let stopLinger: (() => void) | null = null;

  function start(): void {
    const watch = watchLoop(loopEveryMs);
    const { base, apiKey, source } = options;
    const shared: BeatOptions = { base, apiKey, source, everyMs, loop: watch.shared, loopEveryMs, counters };
    running = { watch, beat: (mayUseThread && inThread(shared)) || startBeat(shared, onEnded, false) };
  }

  function inThread(shared: BeatOptions): Beat | null {
    try {
      return startThread(shared, onEnded, () => {
        mayUseThread = false;
        end();
        if (jobs.length > 0) tell();
      });
    } catch {
      // The process was started without the right to threads.
      mayUseThread = false;
      return null;
    }
  }

  function tell(): void {
    if (running === null) start();
    running?.beat.setJobs(jobs);
  }

  function end(): void {
    stopLinger?.();
    stopLinger = null;
    running?.beat.stop();
    running?.watch.stop();
    running = null;
  }

  return {
    setJobs(jobIds) {
      jobs = jobIds;
      stopLinger?.();
      stopLinger = null;
      if (jobs.length > 0 || running !== null) tell();
      if (jobs.length === 0 && running !== null) stopLinger = setTimer(end, LINGER_MS, false);
    },
    stop() {
      jobs = [];
      end();
    },
    counts() {
      const counts = new Int32Array(counters);
      return { taken: Atomics.load(counts, TAKEN), failed: Atomics.load(counts, FAILED) };
    },
  };
}
