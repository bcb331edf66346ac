import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { PlayheadError } from "@playhead/core";
import * as z from "zod";
import { documentPages } from "../store/document-pages.ts";
import type { Store, StoredDocument } from "../store/store.ts";
import { type Principal, ROLES, type Role } from "./principal.ts";

/** An API key as its tenant's admins see it: everything but the key. */
export interface ApiKey {
  readonly key_id: string;
  readonly name: string;
  readonly role: Role;
  readonly tenant_id: string;
  readonly created_at: string;
  /** To the hour; null for one that was never used. */
  readonly last_used_at: string | null;
}

export interface NewApiKey {
  readonly name: string;
  readonly role: Role;
  readonly tenantId: string;
}

export interface ApiKeysDeps {
  readonly store: Pick<Store, "addDocument" | "putDocument" | "removeDocument" | "listDocuments">;
  readonly nowMs: () => number;
  /** Told when the time of a key's last use could not be kept. */
  readonly onError: (error: unknown) => void;
}

const COLLECTION = "api_keys";
/** All keys are in memory: nobody needs more, and one tenant's must not leave no room for another's. */
const MAX_KEYS_A_TENANT = 1_000;
const MAX_KEYS = 20_000;
/** How often the time of the last use is written, at most. */
const USE_NOTED_MS = 3_600_000;
/** The key names its id, so that it is found without looking at all of them. */
const KEY = /^ph_([0-9a-f]{16})_[\w-]{32}$/;

const bodySchema = z.object({
  name: z.string(),
  role: z.enum(ROLES),
  created_ms: z.number(),
  last_used_ms: z.number().nullable(),
  sha256: z.string().length(64),
});

interface KnownKey {
  readonly name: string;
  readonly createdMs: number;
  readonly sha256: Buffer;
  readonly principal: Principal;
  lastUsedMs: number | null;
}

/**
 * The API keys of a data folder. A key is 192 random bits, so its plain SHA-256 is as hard to turn back as any slower
 * hash. What is in memory is what there is, and the store keeps it over a restart; where another process makes and
 * revokes keys, they are read again from time to time.
 */
export async function createApiKeys({ store, nowMs, onError }: ApiKeysDeps) {
  const keys = new Map<string, KnownKey>();
  const countByTenant = new Map<string, number>();
  await load();

  /** @returns the ids of keys that are there no more */
  async function load(): Promise<readonly string[]> {
    const gone = new Set(keys.keys());
    for await (const page of documentPages(store, COLLECTION)) {
      for (const document of page) {
        gone.delete(document.id);
        if (keys.has(document.id)) continue;
        const key = fromDocument(document);
        if (key !== null) add(document.id, key);
        // It opens nothing; that the others do matters more.
        else onError(new PlayheadError("data_damaged", `what is kept of the key ${document.id} cannot be read`));
      }
    }
    for (const keyId of gone) {
      const key = keys.get(keyId);
      keys.delete(keyId);
      if (key !== undefined) count(key, -1);
    }
    return [...gone];
  }

  function add(keyId: string, key: KnownKey): void {
    keys.set(keyId, key);
    count(key, 1);
  }

  function count({ principal: { tenantId } }: KnownKey, by: 1 | -1): void {
    countByTenant.set(tenantId, (countByTenant.get(tenantId) ?? 0) + by);
  }

  function noteUse(keyId: string, key: KnownKey): void {
    const now = nowMs();
    if (key.lastUsedMs !== null && now - key.lastUsedMs < USE_NOTED_MS) return;
    key.lastUsedMs = now;
    // Nobody waits for it. A revocation comes after it in the store's order, so this brings no key back.
    store.putDocument(toDocument(keyId, key)).catch(onError);
  }

  return {
    /** Takes up what another process did with keys. @returns the ids of those that it revoked */
    reload: load,
    /** Who has this key; null when nobody has. */
    principalOf(text: string): Principal | null {
      const [, hex] = KEY.exec(text) ?? [];
      const keyId = `key_${hex}`;
      const key = hex === undefined ? undefined : keys.get(keyId);
      if (key === undefined || !timingSafeEqual(sha256(text), key.sha256)) return null;
      noteUse(keyId, key);
      return key.principal;
    },
    /** Who has the key of this id; null when there is none (any more). */
    principalOfId: (keyId: string): Principal | null => keys.get(keyId)?.principal ?? null,
    /**
     * @returns the key itself, which nobody can tell again, and what is known of it
     * @throws PlayheadError `conflict` when there are too many
     */
    async create({ name, role, tenantId }: NewApiKey): Promise<{ readonly key: string; readonly info: ApiKey }> {
      if (keys.size >= MAX_KEYS || (countByTenant.get(tenantId) ?? 0) >= MAX_KEYS_A_TENANT) {
        throw new PlayheadError("conflict", `expected at most ${MAX_KEYS_A_TENANT} keys of a tenant`, {
          hint: "revoke those that are not used any more",
        });
      }
      const hex = randomBytes(8).toString("hex");
      const keyId = `key_${hex}`;
      const text = `ph_${hex}_${randomBytes(24).toString("base64url")}`;
      const key: KnownKey = {
        name,
        createdMs: nowMs(),
        lastUsedMs: null,
        sha256: sha256(text),
        principal: principalFor(keyId, tenantId, role),
      };
      add(keyId, key);
      try {
        await store.putDocument(toDocument(keyId, key));
      } catch (error) {
        keys.delete(keyId);
        count(key, -1);
        throw error;
      }
      return { key: text, info: infoOf(keyId, key) };
    },
    /** Those of a tenant, or of all, in the order in which they were made. */
    list: (tenantId: string | null): readonly ApiKey[] =>
      [...keys]
        .filter(([, { principal }]) => tenantId === null || principal.tenantId === tenantId)
        .sort(([idA, a], [idB, b]) => a.createdMs - b.createdMs || (idA < idB ? -1 : 1))
        .map(([keyId, key]) => infoOf(keyId, key)),
    /** Ends a key, at once. @returns what it was; null when there is none, or it is not the tenant's (null: any) */
    async revoke(tenantId: string | null, keyId: string): Promise<ApiKey | null> {
      const key = keys.get(keyId);
      if (key === undefined || (tenantId !== null && key.principal.tenantId !== tenantId)) return null;
      keys.delete(keyId);
      try {
        await store.removeDocument(COLLECTION, keyId);
      } catch (error) {
        // It would be back after the next start: whoever revokes it is to know, and to try again.
        keys.set(keyId, key);
        throw error;
      }
      count(key, -1);
      return infoOf(keyId, key);
    },
  };
}

function principalFor(keyId: string, tenantId: string, role: Role): Principal {
  return { tenantId, role, jobIds: null, expiresAtMs: null, credentialId: keyId };
}

function infoOf(keyId: string, { name, createdMs, lastUsedMs, principal }: KnownKey): ApiKey {
  return {
    key_id: keyId,
    name,
    role: principal.role,
    tenant_id: principal.tenantId,
    created_at: new Date(createdMs).toISOString(),
    last_used_at: lastUsedMs === null ? null : new Date(lastUsedMs).toISOString(),
  };
}

function toDocument(keyId: string, { name, createdMs, lastUsedMs, sha256: hash, principal }: KnownKey): StoredDocument {
  const { tenantId, role } = principal;
  const body = { name, role, created_ms: createdMs, last_used_ms: lastUsedMs, sha256: hash.toString("hex") };
  return { collection: COLLECTION, id: keyId, tenantId, body, expiresMs: null };
}

function fromDocument({ id, tenantId, body }: StoredDocument): KnownKey | null {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) return null;
  const { name, role, created_ms, last_used_ms, sha256: hex } = parsed.data;
  return {
    name,
    createdMs: created_ms,
    lastUsedMs: last_used_ms,
    sha256: Buffer.from(hex, "hex"),
    principal: principalFor(id, tenantId, role),
  };
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
