import { expect } from "vitest";
import type { Publication } from "../src/bus/bus.ts";
import { createMemoryBus } from "../src/bus/memory-bus.ts";
import { setTimer } from "../src/engine-timer.ts";
import { createIngest, type IngestDeps } from "../src/ingest/ingest.ts";
import { createSqliteStore } from "../src/store/sqlite/open-store.ts";
import type { Store } from "../src/store/store.ts";

/** What a test may put in the place of the usual. */
export interface StartIngestOptions extends Partial<Pick<IngestDeps, "nowMs" | "onDefect" | "onRetry" | "newTraceId">> {
  /** Wraps what the ingest asks of the store, to have it fail. */
  readonly wrap?: (store: Store) => Store;
}

const fail = (error: unknown) => {
  throw error;
};

/** The real ingest over the real store, which can be ended, or torn down, and started again. */
export async function startIngest(folder: string, { wrap = (store) => store, ...options }: StartIngestOptions = {}) {
  const { nowMs = Date.now, onDefect = fail, onRetry = () => undefined } = options;
  const { newTraceId = () => "0af7651916cd43dd8448eb211c80319c" } = options;
  const store = await createSqliteStore({ folder, nowMs, newEpoch: () => "e1", segmentSize: 64 });
  const said: Publication[] = [];
  const bus = createMemoryBus(fail);
  bus.subscribeForViewers((publications) => said.push(...publications));
  const ingest = createIngest({ store: wrap(store), bus, nowMs, setTimer, newTraceId, onRetry, onDefect });
  return {
    store,
    bus,
    ingest,
    said,
    async end() {
      expect(await ingest.close()).toBe(true);
      await store.close();
    },
    /** As when the process dies: what was under way may or may not be stored, and nobody is told. */
    async tearDown() {
      const closed = store.close();
      await ingest.close(0);
      await closed;
    },
  };
}
