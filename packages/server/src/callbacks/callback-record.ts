import type { JsonObject } from "@playhead/core";
import { documentPages } from "../store/document-pages.ts";
import type { Store, StoredDocument } from "../store/store.ts";

/**
 * Where a callback stands.
 *
 *   waiting ──the job ends──► sending ──2xx──► delivered
 *                              │  ▲ │
 *                     later ◄──┘  │ └─ the last try failed, or 410 ──► given_up
 *                       └─────────┘
 */
export const CALLBACK_STATES = ["waiting", "sending", "delivered", "given_up"] as const;
export type CallbackState = (typeof CALLBACK_STATES)[number];

/** One try to deliver. */
export interface CallbackAttempt extends JsonObject {
  readonly at: string;
  /** Of the answer; null when there was none. */
  readonly status: number | null;
  /** Why there was none; else null. */
  readonly error: string | null;
  readonly duration_ms: number;
}

/** The callback of a job, and what became of it. */
export interface CallbackRecord extends JsonObject {
  readonly webhook_id: string;
  readonly url: string;
  readonly state: CallbackState;
  readonly created_at: string;
  readonly attempts: readonly CallbackAttempt[];
  readonly next_attempt_at: string | null;
  readonly settled_at: string | null;
}

/** A record with the job that it is of. */
export interface KeptCallback {
  readonly jobId: string;
  readonly tenantId: string;
  readonly record: CallbackRecord;
}

type DocumentStore = Pick<Store, "addDocument" | "putDocument" | "removeDocument" | "readDocument" | "listDocuments">;

/** What is not done yet is read at each start; what is, stands elsewhere, and goes after a month. */
const OPEN = "callbacks_open";
const SETTLED = "callbacks_settled";
const SETTLED_STAY_MS = 30 * 24 * 3_600_000;

/** Keeps the callbacks of jobs, by the job's id. */
export function createCallbackRecords(store: DocumentStore, nowMs: () => number) {
  const documentOf = ({ jobId, tenantId, record }: KeptCallback, collection: string, expiresMs: number | null) => ({
    collection,
    id: jobId,
    tenantId,
    body: record,
    expiresMs,
  });
  const keptOf = ({ id, tenantId, body }: StoredDocument): KeptCallback => ({
    jobId: id,
    tenantId,
    record: body as CallbackRecord,
  });

  async function read(jobId: string, collection: string): Promise<KeptCallback | null> {
    const found = await store.readDocument(collection, jobId);
    return found === null ? null : keptOf(found);
  }

  return {
    /** @returns whether it was added; not when the job has one already */
    add: async (kept: KeptCallback): Promise<boolean> =>
      (await store.addDocument(documentOf(kept, OPEN, null))) === null,
    readOpen: (jobId: string): Promise<KeptCallback | null> => read(jobId, OPEN),
    /** Open or settled. */
    async read(tenantId: string, jobId: string): Promise<CallbackRecord | null> {
      // Settled first: between the two writes of a settlement it is in both.
      const found = (await read(jobId, SETTLED)) ?? (await read(jobId, OPEN));
      return found?.tenantId === tenantId ? found.record : null;
    },
    put: (kept: KeptCallback): Promise<void> => store.putDocument(documentOf(kept, OPEN, null)),
    async settle(kept: KeptCallback): Promise<void> {
      await store.putDocument(documentOf(kept, SETTLED, nowMs() + SETTLED_STAY_MS));
      await store.removeDocument(OPEN, kept.jobId);
    },
    remove: (jobId: string): Promise<boolean> => store.removeDocument(OPEN, jobId),
    /** All that are not settled, a page at a time. */
    async *open(): AsyncGenerator<readonly KeptCallback[]> {
      for await (const page of documentPages(store, OPEN)) yield page.map(keptOf);
    },
  };
}
