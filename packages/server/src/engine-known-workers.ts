import type { Workers } from "./control/workers.ts";
import { documentPages } from "./store/document-pages.ts";
import type { Store } from "./store/store.ts";
import { DEFAULT_TENANT } from "./tenants.ts";

export interface KnownWorkersDeps {
  readonly store: Pick<Store, "putDocument" | "listDocuments">;
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
}

const COLLECTION = "workers";
const KNOWN_MS = 7 * 24 * 3_600_000;

/** Whose silence means something, so that a process after this one knows it, too. */
export function createKnownWorkers({ store, nowMs, onError }: KnownWorkersDeps) {
  return {
    note(source: string): void {
      const expiresMs = nowMs() + KNOWN_MS;
      store
        .putDocument({ collection: COLLECTION, id: source, tenantId: DEFAULT_TENANT, body: {}, expiresMs })
        .catch(onError);
    },
    async recall(workers: Pick<Workers, "remember">): Promise<void> {
      for await (const page of documentPages(store, COLLECTION)) for (const { id } of page) workers.remember(id);
    },
  };
}
