import { Worker, workerData } from "node:worker_threads";
import { serveThread } from "./thread.ts";

/** Tells the thread that runs this file from whoever only imports it. */
const ROLE = "playhead-store-reader";

/** Starts the thread that reads for all. It runs this file, as source or built. */
export function startReaderThread(): Worker {
  return new Worker(new URL(import.meta.url), { name: ROLE, workerData: ROLE });
}

if (workerData === ROLE) {
  const { openReaderService } = await import("./reader-service.ts");
  serveThread(openReaderService);
}
