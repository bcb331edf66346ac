import type { JsonObject } from "@playhead/core";
import { SECRET_PREFIX } from "../outbound/signature.ts";
import type { Store } from "../store/store.ts";

export interface SigningSecretsDeps {
  readonly store: Pick<Store, "readDocument" | "addDocument" | "putDocument">;
  readonly nowMs: () => number;
  /** 24 bytes that nobody can guess. */
  readonly newKey: () => Buffer;
}

/** The secret of a tenant, as its admins see it. */
export interface SigningSecret {
  readonly secret: string;
  readonly created_at: string;
  /** Until then messages are signed with the secret before, too; null where there is none. */
  readonly previous_until: string | null;
}

interface SecretBody extends JsonObject {
  readonly secret: string;
  readonly created_ms: number;
  readonly previous: string | null;
  readonly previous_until_ms: number;
}

const COLLECTION = "callback_secrets";
/** After a rotation receivers have so long to learn the new secret. */
const OVERLAP_MS = 24 * 3_600_000;

/** With what callbacks are signed: a secret for each tenant, made when it is first needed. */
export function createSigningSecrets({ store, nowMs, newKey }: SigningSecretsDeps) {
  const newSecret = () => SECRET_PREFIX + newKey().toString("base64");
  const document = (tenantId: string, body: SecretBody) => ({
    collection: COLLECTION,
    id: tenantId,
    tenantId,
    expiresMs: null,
    body,
  });

  async function read(tenantId: string): Promise<SecretBody> {
    const found = await store.readDocument(COLLECTION, tenantId);
    if (found !== null) return found.body as SecretBody;
    const made = { secret: newSecret(), created_ms: nowMs(), previous: null, previous_until_ms: 0 };
    // Somebody else may have made one meanwhile: theirs counts.
    const existing = await store.addDocument(document(tenantId, made));
    return existing === null ? made : (existing.body as SecretBody);
  }

  function shown({ secret, created_ms, previous, previous_until_ms }: SecretBody): SigningSecret {
    const isOverlap = previous !== null && previous_until_ms > nowMs();
    return {
      secret,
      created_at: new Date(created_ms).toISOString(),
      previous_until: isOverlap ? new Date(previous_until_ms).toISOString() : null,
    };
  }

  return {
    describe: async (tenantId: string): Promise<SigningSecret> => shown(await read(tenantId)),
    /** Those to sign with, the newest first. */
    async current(tenantId: string): Promise<readonly string[]> {
      const { secret, previous, previous_until_ms } = await read(tenantId);
      return previous !== null && previous_until_ms > nowMs() ? [secret, previous] : [secret];
    },
    /** Makes a new secret; the one before goes on for a day. */
    async rotate(tenantId: string): Promise<SigningSecret> {
      const { secret: previous } = await read(tenantId);
      const now = nowMs();
      const body = { secret: newSecret(), created_ms: now, previous, previous_until_ms: now + OVERLAP_MS };
      await store.putDocument(document(tenantId, body));
      return shown(body);
    },
  };
}

export type SigningSecrets = ReturnType<typeof createSigningSecrets>;
