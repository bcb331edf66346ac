import { PlayheadError } from "@playhead/core";
import { documentPages } from "../store/document-pages.ts";
import type { Store } from "../store/store.ts";

export interface RevocationsDeps {
  readonly store: Pick<Store, "putDocument" | "listDocuments">;
  /** Where the store keeps them. */
  readonly collection: string;
  readonly nowMs: () => number;
  /** So many that have not run out a tenant may have revoked. */
  readonly maxPerTenant: number;
}

/** A token that was ended, and whose it was. */
export interface RevokedToken {
  readonly tenantId: string;
  readonly tokenId: string;
}

/**
 * Signed tokens that were ended before they ran out, by their ids. By tenant, so that nobody ends another's tokens, nor
 * leaves no room for doing so. They are in memory, and the store keeps them over a restart; where another process ends
 * tokens, too, they are read again from time to time.
 */
export async function createRevocations({ store, collection, nowMs, maxPerTenant }: RevocationsDeps) {
  /** Until when each would have held at the longest. */
  const revoked = new Map<string, Map<string, number>>();
  await load();

  /** @returns those that were not known */
  async function load(): Promise<readonly RevokedToken[]> {
    const unknown: RevokedToken[] = [];
    for await (const page of documentPages(store, collection)) {
      for (const { tenantId, body, expiresMs } of page) {
        const { token_id: tokenId } = body;
        if (typeof tokenId !== "string" || revokedOf(tenantId).has(tokenId)) continue;
        revokedOf(tenantId).set(tokenId, expiresMs ?? 0);
        unknown.push({ tenantId, tokenId });
      }
    }
    return unknown;
  }

  function revokedOf(tenantId: string): Map<string, number> {
    const known = revoked.get(tenantId) ?? new Map<string, number>();
    revoked.set(tenantId, known);
    return known;
  }

  return {
    /** Takes up what another process has stored. @returns what is new */
    reload: load,
    has: (tenantId: string, tokenId: string): boolean => revoked.get(tenantId)?.has(tokenId) === true,
    /**
     * Ends a token of the tenant, at once; also one that was never shown to us.
     *
     * @param untilMs when it runs out by itself, or later
     * @throws PlayheadError `rate_limited` when too many were revoked that have not run out
     */
    async add(tenantId: string, tokenId: string, untilMs: number): Promise<void> {
      const ofTenant = revokedOf(tenantId);
      const now = nowMs();
      for (const [id, endMs] of ofTenant) if (endMs <= now) ofTenant.delete(id);
      if (ofTenant.size >= maxPerTenant && !ofTenant.has(tokenId)) {
        throw new PlayheadError("rate_limited", `expected at most ${maxPerTenant} tokens to be revoked at a time`, {
          detail: { retry_after_ms: 60_000 },
          hint: "revoke the key that asked for them, which ends them all",
        });
      }
      // Before it is stored: whoever asked hears of a failure and tries again, and meanwhile the token is no good.
      ofTenant.set(tokenId, untilMs);
      await store.putDocument({
        collection,
        id: `${tenantId}/${tokenId}`,
        tenantId,
        body: { token_id: tokenId },
        expiresMs: untilMs,
      });
    },
  };
}
