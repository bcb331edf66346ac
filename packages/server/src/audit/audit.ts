import { randomBytes } from "node:crypto";
import * as z from "zod";
import type { Store } from "../store/store.ts";

/** What an admin did. */
export interface AuditEntry {
  readonly audit_id: string;
  readonly ts: string;
  /** Names the credential that did it. */
  readonly credential_id: string;
  /** Whose things it was about. */
  readonly tenant_id: string;
  /** Such as `key.created`. */
  readonly action: string;
  /** What was acted upon, by its id. */
  readonly target: string;
  /** Where the request came from. */
  readonly address: string;
}

export interface AuditQuery {
  /** Null for all. */
  readonly tenantId: string | null;
  readonly afterId?: string | undefined;
  readonly limit: number;
}

export interface AuditDeps {
  readonly store: Pick<Store, "addDocument" | "listDocuments">;
  readonly nowMs: () => number;
}

const COLLECTION = "audit";
/** Thirteen months: a year can be looked over after it has ended. */
const KEPT_MS = 400 * 24 * 3_600_000;
/** After all times there are: what is left to it makes ids of which the newest come first. */
const END_OF_TIME_MS = 9_999_999_999_999;

const bodySchema = z.object({
  ts: z.string(),
  credential_id: z.string(),
  action: z.string(),
  target: z.string(),
  address: z.string(),
});

/**
 * What admins did, kept as documents of the store and not as a file: durable before the action is answered, copied with
 * every backup, and read by each tenant's admins without seeing another's.
 */
export function createAudit({ store, nowMs }: AuditDeps) {
  return {
    /** Keeps an entry durably. */
    async record(entry: Omit<AuditEntry, "audit_id" | "ts">): Promise<void> {
      const now = nowMs();
      const { tenant_id: tenantId, ...body } = entry;
      await store.addDocument({
        collection: COLLECTION,
        id: `${END_OF_TIME_MS - now}-${randomBytes(6).toString("hex")}`,
        tenantId,
        body: { ts: new Date(now).toISOString(), ...body },
        expiresMs: now + KEPT_MS,
      });
    },
    /** The newest first. */
    async list({ tenantId, afterId, limit }: AuditQuery): Promise<readonly AuditEntry[]> {
      const documents = await store.listDocuments({
        collection: COLLECTION,
        limit,
        ...(tenantId !== null && { tenantId }),
        ...(afterId !== undefined && { afterId }),
      });
      return documents.map(({ id, tenantId: ofTenant, body }) => ({
        audit_id: id,
        tenant_id: ofTenant,
        ...bodySchema.parse(body),
      }));
    },
  };
}

export type Audit = ReturnType<typeof createAudit>;
