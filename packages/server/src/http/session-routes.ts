import type { IncomingHttpHeaders } from "node:http";
import { PlayheadError } from "@playhead/core";
import * as z from "zod";
import type { Api } from "./api.ts";

export interface SessionRoutesDeps {
  /** The value of the cookie for whoever has shown this key; null for a key of nobody. */
  readonly openSession: (key: string) => Promise<string | null>;
  /** Ends the session that comes with a request, if there is one, with all that it opened. */
  readonly endSession: (headers: IncomingHttpHeaders) => Promise<void>;
  /** IANA name of the zone in which days are summed up. */
  readonly timeZone: string;
  readonly cookieName: string;
  readonly cookieSeconds: number;
  /** Counts the attempts of an address; throws `rate_limited` for one too many. */
  readonly limit: {
    readonly attempt: (address: string) => void;
    /** Gives one back: it was a key. */
    readonly succeeded: (address: string) => void;
  };
}

/** Signing in and out, for browsers. */
export function addSessionRoutes(api: Api, deps: SessionRoutesDeps): void {
  const { openSession, endSession, timeZone, cookieName, cookieSeconds, limit } = deps;
  const cookie = (value: string, seconds: number) =>
    `${cookieName}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}`;
  const session = z.object({
    role: z.string(),
    tenant_id: z.string(),
    expires_at: z.string().nullable(),
    time_zone: z.string(),
  });

  /** The cookie for a key; null for a key of nobody. */
  async function signIn(key: string, address: string): Promise<string | null> {
    limit.attempt(address);
    const value = await openSession(key);
    if (value === null) return null;
    limit.succeeded(address);
    return cookie(value, cookieSeconds);
  }

  api.get(
    "/api/v1/session",
    { schema: { summary: "Who I am", response: { 200: session } } },
    async ({ caller: { role, tenantId, expiresAtMs } }) => ({
      role,
      tenant_id: tenantId,
      expires_at: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
      time_zone: timeZone,
    }),
  );
  api.post(
    "/api/v1/session",
    {
      config: { permission: "public" },
      schema: {
        summary: "Sign in with an access key",
        body: z.strictObject({ key: z.string().max(500) }),
        response: { 204: z.null() },
      },
    },
    async ({ body, ip }, reply) => {
      const opened = await signIn(body.key.trim(), ip);
      if (opened === null) throw new PlayheadError("unauthorized", "this is not an access key of this server");
      reply.header("set-cookie", opened).status(204);
      return null;
    },
  );
  api.delete(
    "/api/v1/session",
    { config: { permission: "public" }, schema: { summary: "Sign out", response: { 204: z.null() } } },
    async ({ headers }, reply) => {
      // The cookie goes even where the session cannot be ended, which is then told.
      reply.header("set-cookie", cookie("", 0));
      await endSession(headers);
      reply.status(204);
      return null;
    },
  );

  // The link that the server prints: any page with ?key=… signs in and goes on to the page itself.
  api.addHook("onRequest", async (request, reply) => {
    if (request.method !== "GET" || request.url.startsWith("/api/")) return;
    const [path = "/", ...rest] = request.url.split("?");
    const query = new URLSearchParams(rest.join("?"));
    const key = query.get("key");
    if (key === null) return;
    query.delete("key");
    const opened = await signIn(key, request.ip);
    if (opened !== null) reply.header("set-cookie", opened);
    // The key must not stay in the address bar, nor go to anyone as a referrer; nor may the address lead to another host.
    const samePath = `/${path.replace(/^[/\\]+/, "")}`;
    reply.header("cache-control", "no-store");
    return reply.redirect(query.size === 0 ? samePath : `${samePath}?${query}`, 303);
  });
}
