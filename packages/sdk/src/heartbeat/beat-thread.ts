import { parentPort, Worker, workerData } from "node:worker_threads";
import { type Beat, type BeatOptions, type OnEnded, startBeat } from "./beat.ts";

const ROLE = "playhead heartbeat";

interface Start {
  readonly role: typeof ROLE;
  readonly options: BeatOptions;
}

/**
 * Starts a thread that beats, and goes on while this one is blocked. It never keeps the process alive. It runs this
 * file, as source or built.
 *
 * @param onBroken the thread has ended by itself
 * @throws where the process may start no thread
 */
export function startBeatThread(options: BeatOptions, onEnded: OnEnded, onBroken: () => void): Beat {
  const start: Start = { role: ROLE, options };
  const thread = new Worker(new URL(import.meta.url), {
    name: ROLE,
    workerData: start,
    // What this process was started with is for its own program.
    execArgv: [],
  });
  thread.on("message", onEnded);
  thread.once("error", onBroken);
  // After them: who listens to a thread holds on to it again.
  thread.unref();
  return {
    setJobs: (jobIds) => thread.postMessage(jobIds),
    stop() {
      thread.off("error", onBroken);
      void thread.terminate();
    },
  };
}

function isStart(data: unknown): data is Start {
  return typeof data === "object" && data !== null && "role" in data && data.role === ROLE;
}

if (isStart(workerData)) {
  const beat = startBeat(workerData.options, (jobIds) => parentPort?.postMessage(jobIds), true);
  parentPort?.on("message", (jobIds: readonly string[]) => beat.setJobs(jobIds));
}
