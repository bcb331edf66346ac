import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { jwtVerify, SignJWT } from "jose";
import type { Principal } from "./principal.ts";
import { readOrMakeSecret } from "./secret-file.ts";

/** The cookie of a signed-in browser. */
export const SESSION_COOKIE = "playhead_session";
/** A browser stays signed in for this long. */
export const SESSION_SECONDS = 30 * 24 * 3600;

export interface AuthOptions {
  readonly dataFolder: string;
  readonly adminKey: string | undefined;
  readonly secret: string | undefined;
  readonly tenantId: string;
}

/** Knows who is asking: by access key, or by the session that a key opened. */
export function createAuth(options: AuthOptions) {
  const newKey = () => `ph_${randomBytes(24).toString("base64url")}`;
  const { secret: accessKey, isNew } =
    options.adminKey === undefined
      ? readOrMakeSecret(join(options.dataFolder, "access-key"), newKey)
      : { secret: options.adminKey, isNew: false };
  const signingSecret =
    options.secret ??
    readOrMakeSecret(join(options.dataFolder, "session-secret"), () => randomBytes(32).toString("base64url")).secret;
  const signingKey = new TextEncoder().encode(signingSecret);
  const keyId = sha256(accessKey).toString("hex").slice(0, 16);
  const admin: Principal = {
    tenantId: options.tenantId,
    role: "admin",
    jobIds: null,
    expiresAtMs: null,
    credentialId: keyId,
  };

  function fromKey(key: string): Principal | null {
    // Hashed first, so that the comparison takes the same time whatever the length.
    return timingSafeEqual(sha256(key), sha256(accessKey)) ? admin : null;
  }

  async function fromSession(token: string): Promise<Principal | null> {
    try {
      const { payload } = await jwtVerify(token, signingKey, { algorithms: ["HS256"], audience: "playhead-session" });
      // A session ends with the key that opened it.
      const { sub, exp } = payload;
      return sub === keyId && exp !== undefined ? { ...admin, expiresAtMs: exp * 1_000 } : null;
    } catch {
      // jose throws for whatever is wrong with a token; for us it is a token of nobody.
      return null;
    }
  }

  /**
   * Who makes a request: bearer key first, then the session's cookie. A browser sends that with whatever any page asks
   * for, so it counts only for pages of our own.
   */
  async function ofRequest(headers: IncomingMessage["headers"]): Promise<Principal | null> {
    const bearer = /^Bearer +(\S.*)$/i.exec(headers.authorization ?? "")?.[1];
    if (bearer !== undefined) return fromKey(bearer.trim());
    const session = readCookie(headers.cookie, SESSION_COOKIE);
    return session === null || !isSameOrigin(headers) ? null : fromSession(session);
  }

  return {
    /** The key of this data folder; for its owner's own tools. */
    accessKey,
    /** Whether this start made it. */
    isNewKey: isNew,
    fromKey,
    /** The value of a session cookie for whoever has shown the key. */
    openSession: (): Promise<string> =>
      new SignJWT({})
        .setProtectedHeader({ alg: "HS256" })
        .setSubject(keyId)
        .setAudience("playhead-session")
        .setIssuedAt()
        .setExpirationTime(`${SESSION_SECONDS}s`)
        .sign(signingKey),
    ofRequest,
    /** Who opens a socket: a token in the address, else as for any request. */
    async ofUpgrade({ url, headers }: Pick<IncomingMessage, "url" | "headers">): Promise<Principal | null> {
      const query = new URLSearchParams((url ?? "").split("?").slice(1).join("?"));
      const token = query.get("token");
      return token === null ? ofRequest(headers) : fromKey(token);
    },
  };
}

export type Auth = ReturnType<typeof createAuth>;

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
