import type { Worker } from "node:worker_threads";
import type { RequestReader } from "./otel/intake/take-request.ts";
import type { ReadingService } from "./otel/reading/reading-service.ts";
import { callThread, type ThreadCaller } from "./store/sqlite/thread.ts";

type ReadingThread = ThreadCaller<undefined, ReadingService>;

/** Reads requests in a thread, which the first one starts; one that has crashed is started anew for the next. */
export function createOtlpReader(startThread: () => Worker): RequestReader {
  let thread: Promise<ReadingThread> | null = null;

  async function openThread(): Promise<ReadingThread> {
    const opened: ReadingThread = callThread(startThread(), "the thread that reads OpenTelemetry");
    void opened.ended.then(() => {
      thread = null;
    });
    await opened.open(undefined);
    return opened;
  }

  function threadOf(): Promise<ReadingThread> {
    thread ??= openThread();
    return thread;
  }

  return {
    read: async (request) => (await threadOf()).call("read", request),
    next: async () => (await threadOf()).call("next"),
    async close(): Promise<void> {
      // One that has crashed is closed.
      const opened = await thread?.catch(() => null);
      await opened?.call("close").catch(() => undefined);
      await opened?.ended;
    },
  };
}
