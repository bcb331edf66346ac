import { randomBytes } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";
import * as z from "zod";
import type { Store } from "../store/store.ts";
import type { Principal } from "./principal.ts";
import { createRevocations } from "./revocations.ts";

/** What a job token lets its holder do; `control` includes `read`. */
export const TOKEN_VERBS = ["read", "control"] as const;
/** One of {@link TOKEN_VERBS}. */
export type TokenVerb = (typeof TOKEN_VERBS)[number];

/** As long as a job token may live. */
export const MAX_TOKEN_SEC = 900;
/** As long as the token of a share link may live: whoever waits for a video opens it again the week after. */
export const MAX_SHARE_SEC = 30 * 86_400;

export interface NewJobToken {
  readonly tenantId: string;
  readonly jobIds: readonly string[];
  readonly verbs: readonly TokenVerb[];
  readonly expiresInSec: number;
  /** Whom it is for, in the words of who asked for it. */
  readonly subject: string | null;
  /** The key that asked for it: the token ends with it. */
  readonly keyId: string;
  /** Whether it is for a share link, which may live longer, and only read. @defaultValue false */
  readonly isShare?: boolean;
}

export interface JobTokensDeps {
  readonly store: Pick<Store, "putDocument" | "listDocuments">;
  readonly signingKey: CryptoKey;
  readonly nowMs: () => number;
  /** Whose key it is; null for one that is not there (any more). */
  readonly tenantOfKey: (keyId: string) => string | null;
}

const AUDIENCE = "playhead-job";
const COLLECTION = "revoked_tokens";
const MAX_JOBS = 64;
/** How far the clock of another signer with our secret may be ahead. */
const CLOCK_SKEW_SEC = 60;
/** What the ids of share links' tokens begin with: how long one may live is known of one that was never shown to us, too. */
const SHARE_PREFIX = "share_";
/** Beyond this many in use those that have run out are looked through. */
const MANY_IN_USE = 1_000;
const MAX_REVOKED_A_TENANT = 10_000;
/** Beyond this many tokens in use those seen first are not told of when their key ends; they run out by themselves. */
const MAX_IN_USE = 50_000;

const claimsSchema = z.object({
  tid: z.string().min(1),
  jobs: z.array(z.string().min(1)).min(1).max(MAX_JOBS),
  verbs: z.array(z.enum(TOKEN_VERBS)).min(1),
  key: z.string().min(1),
  jti: z.string().min(1).max(100),
  iat: z.number(),
  exp: z.number(),
});

interface InUse {
  readonly keyId: string;
  readonly untilMs: number;
}

/**
 * Tokens for the viewers of a job: signed, not kept, and short-lived, so that only those that were revoked need to be
 * known.
 */
export async function createJobTokens({ store, signingKey, nowMs, tenantOfKey }: JobTokensDeps) {
  const revoked = await createRevocations({ store, collection: COLLECTION, nowMs, maxPerTenant: MAX_REVOKED_A_TENANT });
  /** Tokens that were shown to us, by their credential ids; the oldest first. */
  const inUse = new Map<string, InUse>();
  let lookAgainAt = MANY_IN_USE;

  function noteUse(credentialId: string, use: InUse): void {
    if (inUse.has(credentialId)) return;
    if (inUse.size >= lookAgainAt) {
      for (const [id, { untilMs }] of inUse) if (untilMs <= nowMs()) inUse.delete(id);
      lookAgainAt = Math.min(MAX_IN_USE, Math.max(MANY_IN_USE, 2 * inUse.size));
      const [oldest] = inUse.keys();
      if (inUse.size >= MAX_IN_USE && oldest !== undefined) inUse.delete(oldest);
    }
    inUse.set(credentialId, use);
  }

  async function readClaims(token: string): Promise<z.infer<typeof claimsSchema> | null> {
    try {
      const { payload } = await jwtVerify(token, signingKey, {
        algorithms: ["HS256"],
        audience: AUDIENCE,
        currentDate: new Date(nowMs()),
      });
      const parsed = claimsSchema.safeParse(payload);
      return parsed.success ? parsed.data : null;
    } catch {
      // jose throws for whatever is wrong with a token; for us it is a token of nobody.
      return null;
    }
  }

  return {
    /** Signs a token. */
    async mint({ tenantId, jobIds, verbs, expiresInSec, subject, keyId, isShare = false }: NewJobToken) {
      const tokenId = `${isShare ? SHARE_PREFIX : "tok_"}${randomBytes(16).toString("hex")}`;
      const nowSec = Math.floor(nowMs() / 1_000);
      const expSec = nowSec + expiresInSec;
      const allowed: readonly TokenVerb[] = verbs.includes("control") ? TOKEN_VERBS : ["read"];
      const jwt = new SignJWT({ tid: tenantId, jobs: [...jobIds], verbs: [...allowed], key: keyId })
        .setProtectedHeader({ alg: "HS256" })
        .setAudience(AUDIENCE)
        .setJti(tokenId)
        .setIssuedAt(nowSec)
        .setExpirationTime(expSec);
      if (subject !== null) jwt.setSubject(subject);
      return { token: await jwt.sign(signingKey), tokenId, expiresAtMs: expSec * 1_000, verbs: allowed };
    },
    /** Who has this token; null for one that does not hold, lives too long, was revoked, or whose key was. */
    async principalOf(token: string): Promise<Principal | null> {
      const claims = await readClaims(token);
      if (claims === null) return null;
      const { tid: tenantId, jobs, verbs, key: keyId, jti, iat, exp } = claims;
      const isShortLived = exp - iat <= maxSecOf(jti) && iat <= nowMs() / 1_000 + CLOCK_SKEW_SEC;
      const mayDoTooMuch = jti.startsWith(SHARE_PREFIX) && verbs.includes("control");
      const isEnded = revoked.has(tenantId, jti) || tenantOfKey(keyId) !== tenantId;
      if (!isShortLived || mayDoTooMuch || isEnded) return null;
      const credentialId = credentialOf(tenantId, jti);
      const expiresAtMs = exp * 1_000;
      noteUse(credentialId, { keyId, untilMs: expiresAtMs });
      const role = verbs.includes("control") ? "operator" : "viewer";
      return { tenantId, role, jobIds: new Set(jobs), expiresAtMs, credentialId };
    },
    /**
     * Ends a token of the tenant, at once; also one that was never shown to us.
     *
     * @returns its credential id
     * @throws PlayheadError `rate_limited` when too many were revoked within the time that tokens live
     */
    async revoke(tenantId: string, tokenId: string): Promise<string> {
      // After this long it can no longer hold, whenever it was made.
      await revoked.add(tenantId, tokenId, nowMs() + (maxSecOf(tokenId) + CLOCK_SKEW_SEC) * 1_000);
      inUse.delete(credentialOf(tenantId, tokenId));
      return credentialOf(tenantId, tokenId);
    },
    /** Takes up the tokens that another process has ended. @returns their credential ids */
    async reload(): Promise<readonly string[]> {
      const ended = (await revoked.reload()).map(({ tenantId, tokenId }) => credentialOf(tenantId, tokenId));
      for (const credentialId of ended) inUse.delete(credentialId);
      return ended;
    },
    /** Credential ids of tokens that were shown to us and that a key asked for; they are forgotten. */
    takeInUse(keyId: string): readonly string[] {
      const ended = [...inUse].filter(([, use]) => use.keyId === keyId).map(([credentialId]) => credentialId);
      for (const credentialId of ended) inUse.delete(credentialId);
      return ended;
    },
  };
}

function maxSecOf(tokenId: string): number {
  return tokenId.startsWith(SHARE_PREFIX) ? MAX_SHARE_SEC : MAX_TOKEN_SEC;
}

/** Another signer with our secret may give its tokens ids of its own: only with the tenant they are one token's. */
function credentialOf(tenantId: string, tokenId: string): string {
  return `${tenantId}/${tokenId}`;
}
