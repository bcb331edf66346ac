import { Worker, workerData } from "node:worker_threads";
import { callThread, serveThread, type ThreadCaller } from "../thread.ts";
import type { RescueService, RescueServiceOptions } from "./rescue-service.ts";

/** Tells the thread that runs this file from whoever only imports it. */
const ROLE = "playhead-rescue";
const ASKED_EVERY_MS = 100;

/** @param fraction 0..1 */
export type OnProgress = (fraction: number) => void;

/**
 * Has a thread of its own read what may be damaged: it takes long, and may end badly. It runs this file, as source or
 * built.
 */
export async function inRescueThread<Result>(
  work: (thread: ThreadCaller<RescueServiceOptions, RescueService>) => Promise<Result>,
  onProgress?: OnProgress,
): Promise<Result> {
  const progress = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
  const cell = new Float64Array(progress);
  const worker = new Worker(new URL(import.meta.url), { name: ROLE, workerData: ROLE });
  const thread = callThread<RescueServiceOptions, RescueService>(worker, "the thread that reads the data");
  const timer = setInterval(() => onProgress?.(cell[0] ?? 0), ASKED_EVERY_MS);
  try {
    await thread.open({ progress });
    return await work(thread);
  } finally {
    clearInterval(timer);
    // One that has crashed has nothing left to close.
    await thread.call("close").catch(() => {});
    await thread.ended;
  }
}

if (workerData === ROLE) {
  const { openRescueService } = await import("./rescue-service.ts");
  serveThread(openRescueService);
}
