import { Worker, workerData } from "node:worker_threads";
import { serveThread } from "./store/sqlite/thread.ts";

/** Tells the thread that runs this file from whoever only imports it. */
const ROLE = "playhead-log-files";

/** Starts the thread that alone writes the log files. It runs this file, as source or built. */
export function startLogFilesThread(): Worker {
  return new Worker(new URL(import.meta.url), { name: ROLE, workerData: ROLE });
}

if (workerData === ROLE) {
  const { openLogFilesService } = await import("./logs/files/log-files-service.ts");
  serveThread(openLogFilesService);
}
