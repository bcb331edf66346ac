import { randomBytes } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";
import type { Store } from "../store/store.ts";
import type { Principal } from "./principal.ts";
import { createRevocations } from "./revocations.ts";

/** A browser stays signed in for this long. */
export const SESSION_SECONDS = 30 * 24 * 3600;

export interface SessionsDeps {
  readonly store: Pick<Store, "putDocument" | "listDocuments">;
  readonly signingKey: CryptoKey;
  readonly nowMs: () => number;
  /** Who has this key; null for one that is not there (any more). */
  readonly principalOfKeyId: (keyId: string) => Principal | null;
}

const AUDIENCE = "playhead-session";
const COLLECTION = "ended_sessions";
const MAX_ENDED_A_TENANT = 50_000;

/** What a browser has in place of the key that it was signed in with: signed, and not kept until it is ended. */
export async function createSessions({ store, signingKey, nowMs, principalOfKeyId }: SessionsDeps) {
  const ended = await createRevocations({ store, collection: COLLECTION, nowMs, maxPerTenant: MAX_ENDED_A_TENANT });

  async function principalOf(token: string): Promise<(Principal & { readonly sessionId: string }) | null> {
    try {
      const { payload } = await jwtVerify(token, signingKey, {
        algorithms: ["HS256"],
        audience: AUDIENCE,
        currentDate: new Date(nowMs()),
      });
      // A session may do what its key may, and ends with it.
      const { sub, jti, exp } = payload;
      const principal = sub === undefined ? null : principalOfKeyId(sub);
      if (principal === null || jti === undefined || exp === undefined) return null;
      return ended.has(principal.tenantId, jti) ? null : { ...principal, expiresAtMs: exp * 1_000, sessionId: jti };
    } catch {
      // jose throws for whatever is wrong with a token; for us it is a token of nobody.
      return null;
    }
  }

  return {
    /** A session for whoever has this key. */
    open({ credentialId }: Principal): Promise<string> {
      const nowSec = Math.floor(nowMs() / 1_000);
      return new SignJWT({})
        .setProtectedHeader({ alg: "HS256" })
        .setSubject(credentialId)
        .setJti(`ses_${randomBytes(16).toString("hex")}`)
        .setAudience(AUDIENCE)
        .setIssuedAt(nowSec)
        .setExpirationTime(nowSec + SESSION_SECONDS)
        .sign(signingKey);
    },
    principalOf,
    /** Takes up the sessions that another process has ended. @returns their ids */
    reload: async (): Promise<readonly string[]> => (await ended.reload()).map(({ tokenId }) => tokenId),
    /**
     * Ends a session for good. @returns its id; null for one that does not hold (any more)
     *
     * @throws PlayheadError `rate_limited` when very many were ended
     */
    async end(token: string): Promise<string | null> {
      const principal = await principalOf(token);
      if (principal === null) return null;
      const { tenantId, sessionId, expiresAtMs } = principal;
      await ended.add(tenantId, sessionId, expiresAtMs ?? nowMs() + SESSION_SECONDS * 1_000);
      return sessionId;
    },
  };
}
