import { Worker, workerData } from "node:worker_threads";
import { serveThread } from "./store/sqlite/thread.ts";

/** Tells the thread that runs this file from whoever only imports it. */
const ROLE = "playhead-otlp";

/** Starts the thread that reads what comes by OpenTelemetry. It runs this file, as source or built. */
export function startOtlpThread(): Worker {
  return new Worker(new URL(import.meta.url), { name: ROLE, workerData: ROLE });
}

if (workerData === ROLE) {
  const { openReading } = await import("./otel/reading/reading-service.ts");
  serveThread(openReading);
}
