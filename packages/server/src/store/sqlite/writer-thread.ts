import { Worker, workerData } from "node:worker_threads";
import { serveThread } from "./thread.ts";

/** Tells the thread that runs this file from whoever only imports it. */
const ROLE = "playhead-store-writer";

/** Starts the thread that alone writes to the database. It runs this file, as source or built. */
export function startWriterThread(): Worker {
  return new Worker(new URL(import.meta.url), { name: ROLE, workerData: ROLE });
}

if (workerData === ROLE) {
  const { openWriterService } = await import("./writer-service.ts");
  serveThread(openWriterService);
}
