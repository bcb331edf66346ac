import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { type ApiKeysDeps, createApiKeys, type NewApiKey } from "./api-keys.ts";
import { createGuesses } from "./guesses.ts";
import { createJobTokens, type NewJobToken } from "./job-tokens.ts";
import type { Principal } from "./principal.ts";
import { readOrMakeSecret } from "./secret-file.ts";
import { createSessions } from "./sessions.ts";

/** The cookie of a signed-in browser. */
export const SESSION_COOKIE = "playhead_session";

export interface AuthOptions extends ApiKeysDeps {
  readonly dataFolder: string;
  readonly adminKey: string | undefined;
  readonly secret: string | undefined;
  /** Whose the owner's key is. */
  readonly tenantId: string;
  /** Told when a credential was made, or some were revoked, before whoever asked for it hears of it. @defaultValue nobody */
  readonly onChanged?: (revokedIds: readonly string[]) => Promise<void>;
}

/** What a request says of who makes it, beside its headers. */
export interface AskedFrom {
  /** The credential in its URL, for routes that take it from there. */
  readonly queryToken?: string | null;
  /** The network address: who guesses keys from there has to wait. */
  readonly address?: string | undefined;
}

/** What a signed token looks like: three parts, the first of them JSON. */
const SIGNED = /^ey[\w-]*\.[\w-]+\.[\w-]+$/;

/**
 * Knows who is asking: by the owner's access key, an API key, the session that one of them opened, or a job token that
 * one of them asked for. What a key opened ends with it.
 */
export async function createAuth(options: AuthOptions) {
  const { dataFolder, adminKey, secret, tenantId, onChanged = async () => undefined, ...deps } = options;
  const { store, nowMs, onError } = deps;
  const { secret: accessKey, isNew } =
    adminKey === undefined
      ? readOrMakeSecret(join(dataFolder, "access-key"), () => `ph_${randomBytes(24).toString("base64url")}`)
      : { secret: adminKey, isNew: false };
  const signingSecret =
    secret ?? readOrMakeSecret(join(dataFolder, "session-secret"), () => randomBytes(32).toString("base64url")).secret;
  // Made once: jose would make it of the secret's bytes for each token anew.
  const signingKey = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(signingSecret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign", "verify"],
  );
  const accessKeyHash = sha256(accessKey);
  const owner: Principal = {
    tenantId,
    role: "admin",
    jobIds: null,
    expiresAtMs: null,
    credentialId: accessKeyHash.toString("hex").slice(0, 16),
  };

  const keys = await createApiKeys(deps);
  const principalOfKeyId = (keyId: string) => (keyId === owner.credentialId ? owner : keys.principalOfId(keyId));
  const tenantOfKey = (keyId: string) => principalOfKeyId(keyId)?.tenantId ?? null;
  const tokens = await createJobTokens({ store, signingKey, nowMs, tenantOfKey });
  const sessions = await createSessions({ store, signingKey, nowMs, principalOfKeyId });

  const listeners = new Set<(revokedId: string) => void>();
  function tellRevoked(revokedId: string): void {
    for (const listener of listeners) {
      try {
        listener(revokedId);
      } catch (error) {
        onError(error);
      }
    }
  }

  /** Ends what was opened with them here first, and then elsewhere. */
  async function revoked(ids: readonly string[]): Promise<void> {
    for (const id of ids) tellRevoked(id);
    await onChanged(ids);
  }

  function fromKey(key: string): Principal | null {
    // Hashed first, so that the comparison takes the same time whatever the length.
    return timingSafeEqual(sha256(key), accessKeyHash) ? owner : keys.principalOf(key);
  }

  const guesses = createGuesses({ nowMs });

  /**
   * Who has a key or a job token.
   * @throws PlayheadError `rate_limited` for one more key from an address that has shown too many of nobody
   */
  async function ofToken(text: string, address = ""): Promise<Principal | null> {
    if (SIGNED.test(text)) return fromKey(text) ?? tokens.principalOf(text);
    return guesses.check(address, text, fromKey);
  }

  /** The session that comes with a request, as far as it is one of our own pages'. */
  function sessionIn(headers: IncomingMessage["headers"]): string | null {
    return isSameOrigin(headers) ? readCookie(headers.cookie, SESSION_COOKIE) : null;
  }

  /**
   * Who makes a request: the address speaks first, where the route takes it from there, then the bearer or `x-api-key`,
   * then the session's cookie. A browser sends that with whatever any page asks for, so it counts only for pages of our own.
   * @throws PlayheadError `rate_limited`, as {@link ofToken}
   */
  async function ofRequest(headers: IncomingMessage["headers"], { queryToken, address }: AskedFrom = {}) {
    if (typeof queryToken === "string") return ofToken(queryToken, address);
    const bearer = /^Bearer +(\S.*)$/i.exec(headers.authorization ?? "")?.[1];
    if (bearer !== undefined) return ofToken(bearer.trim(), address);
    // What has room for a header, but none for a word before the key: OTEL_EXPORTER_OTLP_HEADERS.
    const key = headers["x-api-key"];
    if (typeof key === "string" && key !== "") return ofToken(key.trim(), address);
    const session = sessionIn(headers);
    return session === null ? null : sessions.principalOf(session);
  }

  return {
    /** The key of this data folder; for its owner's own tools. */
    accessKey,
    /** Whether this start made it. */
    isNewKey: isNew,
    /** Who has this key; null when nobody has. Job tokens are no keys. */
    fromKey,
    ofToken,
    /** Whether it is who has the key of the data folder: the only one who has to do with all tenants. */
    isOwner: ({ credentialId }: Pick<Principal, "credentialId">): boolean => credentialId === owner.credentialId,
    /** The value of a session cookie for whoever has shown this key; null for a key of nobody. */
    async openSession(key: string): Promise<string | null> {
      const principal = fromKey(key);
      return principal === null ? null : sessions.open(principal);
    },
    /** Ends the session that comes with a request, with the sockets that it opened. */
    async endSession(headers: IncomingMessage["headers"]): Promise<void> {
      const session = sessionIn(headers);
      const sessionId = session === null ? null : await sessions.end(session);
      if (sessionId !== null) await revoked([sessionId]);
    },
    ofRequest,
    /** Who opens a socket: a token in the address, else as for any request. */
    async ofUpgrade({ url, headers, socket }: UpgradeRequest): Promise<Principal | null> {
      const query = new URLSearchParams((url ?? "").split("?").slice(1).join("?"));
      return ofRequest(headers, { queryToken: query.get("token"), address: socket?.remoteAddress });
    },
    async createKey(key: NewApiKey) {
      const made = await keys.create(key);
      await onChanged([]);
      return made;
    },
    listKeys: keys.list,
    /** Ends a key, with the sessions it opened and the tokens it asked for. */
    async revokeKey(ofTenant: string | null, keyId: string) {
      const key = await keys.revoke(ofTenant, keyId);
      if (key === null) return null;
      await revoked([...tokens.takeInUse(keyId), keyId]);
      return key;
    },
    mintToken: (token: NewJobToken) => tokens.mint(token),
    /** Ends a job token of the tenant. @throws PlayheadError `rate_limited` */
    async revokeToken(ofTenant: string, tokenId: string): Promise<void> {
      await revoked([await tokens.revoke(ofTenant, tokenId)]);
    },
    /** Ends what was opened here with credentials that another process has revoked. */
    end(ids: readonly string[]): void {
      for (const id of ids) tellRevoked(id);
    },
    /** Takes up what another process did with credentials, and ends what they opened here. */
    async reload(): Promise<void> {
      const goneKeys = await keys.reload();
      const ended = [...goneKeys.flatMap((keyId) => [...tokens.takeInUse(keyId), keyId])];
      for (const id of [...ended, ...(await tokens.reload()), ...(await sessions.reload())]) tellRevoked(id);
    },
    /** Tells of credentials and sessions that end before their time, by their ids. @returns ends it */
    onRevoked(listener: (revokedId: string) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** What is known of who wants to open a socket. */
export interface UpgradeRequest extends Pick<IncomingMessage, "url" | "headers"> {
  readonly socket?: Pick<IncomingMessage["socket"], "remoteAddress">;
}

export type Auth = Awaited<ReturnType<typeof createAuth>>;

/** @returns whether the request comes from a page of this server, or from no page at all. */
function isSameOrigin({ origin, host }: IncomingMessage["headers"]): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

function readCookie(header: string | undefined, name: string): string | null {
  for (const part of header?.split(";") ?? []) {
    const [key, value] = part.trim().split("=", 2);
    if (key === name && value !== undefined) return value;
  }
  return null;
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
