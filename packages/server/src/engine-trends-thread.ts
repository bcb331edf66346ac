import { Worker, workerData } from "node:worker_threads";
import { serveThread } from "./store/sqlite/thread.ts";

/** Tells the thread that runs this file from whoever only imports it. */
const ROLE = "playhead-trends";

/** Starts the thread that looks at series. It runs this file, as source or built. */
export function startTrendsThread(): Worker {
  return new Worker(new URL(import.meta.url), { name: ROLE, workerData: ROLE });
}

if (workerData === ROLE) {
  const { openAnalysis } = await import("./trends/analysis-service.ts");
  serveThread(openAnalysis);
}
