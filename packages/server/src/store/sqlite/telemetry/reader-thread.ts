import { Worker, workerData } from "node:worker_threads";
import { serveThread } from "../thread.ts";

/** Tells the thread that runs this file from whoever only imports it. */
const ROLE = "playhead-telemetry-reader";

/** Starts the thread that reads the telemetry database for all. It runs this file, as source or built. */
export function startTelemetryReader(): Worker {
  return new Worker(new URL(import.meta.url), { name: ROLE, workerData: ROLE });
}

if (workerData === ROLE) {
  const { openTelemetryReader } = await import("./reader-service.ts");
  serveThread(openTelemetryReader);
}
