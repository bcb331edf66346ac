import { Worker, workerData } from "node:worker_threads";
import { serveThread } from "../thread.ts";

/** Tells the thread that runs this file from whoever only imports it. */
const ROLE = "playhead-telemetry-writer";

/** Starts the thread that alone writes to the telemetry database. It runs this file, as source or built. */
export function startTelemetryWriter(): Worker {
  return new Worker(new URL(import.meta.url), { name: ROLE, workerData: ROLE });
}

if (workerData === ROLE) {
  const { openTelemetryWriter } = await import("./writer-service.ts");
  serveThread(openTelemetryWriter);
}
