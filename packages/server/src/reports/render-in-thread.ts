import type { Worker } from "node:worker_threads";
import { PlayheadError, type ReportData } from "@playhead/core";
import type { RenderedReport } from "./render/render-report.ts";

export interface RenderThreadDeps {
  /** Starts a thread that draws one report, posts it, and ends. */
  readonly startThread: (report: ReportData) => Worker;
  readonly limitMs: number;
}

/** Draws reports in threads of their own, one at a time: some hundred milliseconds that nobody here waits for. */
export function createRenderer({ startThread, limitMs }: RenderThreadDeps) {
  let underWay: Promise<unknown> = Promise.resolve();
  const running = new Set<Worker>();
  let isClosed = false;

  async function draw(report: ReportData): Promise<RenderedReport> {
    if (isClosed) throw ending();
    const drawn = Promise.withResolvers<RenderedReport>();
    const fail = (why: string, cause?: unknown) =>
      drawn.reject(
        isClosed ? ending() : new PlayheadError("internal_error", `the report could not be drawn: ${why}`, { cause }),
      );
    const worker = startThread(report);
    running.add(worker);
    const timer = setTimeout(() => fail(`it took longer than ${limitMs / 1_000} s`), limitMs);
    worker.once("message", drawn.resolve);
    worker.once("error", (error: unknown) => fail(error instanceof Error ? error.message : String(error), error));
    worker.once("exit", () => fail("its thread ended before it was done"));
    try {
      return await drawn.promise;
    } finally {
      clearTimeout(timer);
      running.delete(worker);
      await worker.terminate();
    }
  }

  return {
    /** @throws PlayheadError `internal_error` when it cannot be drawn, or not in time */
    draw(report: ReportData): Promise<RenderedReport> {
      const drawn = underWay.then(() => draw(report));
      underWay = drawn.catch(() => undefined);
      return drawn;
    },
    /** Lets go of what is being drawn. */
    async close(): Promise<void> {
      isClosed = true;
      await Promise.all([...running].map((worker) => worker.terminate()));
      await underWay;
    },
  };
}

/** Nothing is wrong with the report: it is made after the next start, or asked for again. */
function ending(): PlayheadError {
  return new PlayheadError("service_unavailable", "the server is ending: the report was not drawn");
}
