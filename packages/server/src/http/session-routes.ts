import { PlayheadError } from "@playhead/core";
import * as z from "zod";
import type { Api } from "./api.ts";

export interface SessionRoutesDeps {
  readonly isKey: (key: string) => boolean;
  /** The value of the cookie for whoever has shown the key. */
  readonly openSession: () => Promise<string>;
  readonly cookieName: string;
  readonly cookieSeconds: number;
  readonly describe: (
    headers: Record<string, string | string[] | undefined>,
  ) => Promise<{ role: string; tenantId: string } | null>;
}

/** Signing in and out, for browsers. */
export function addSessionRoutes(api: Api, deps: SessionRoutesDeps): void {
  const cookie = (value: string, seconds: number) =>
    `${deps.cookieName}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}`;
  const session = z.object({ role: z.string(), tenant_id: z.string() });

  api.get("/api/v1/session", { schema: { summary: "Who I am", response: { 200: session } } }, async ({ headers }) => {
    const found = await deps.describe(headers);
    return { role: found?.role ?? "viewer", tenant_id: found?.tenantId ?? "default" };
  });
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
    async ({ body }, reply) => {
      if (!deps.isKey(body.key.trim()))
        throw new PlayheadError("unauthorized", "this is not the access key of this server");
      reply.header("set-cookie", cookie(await deps.openSession(), deps.cookieSeconds)).status(204);
      return null;
    },
  );
  api.delete(
    "/api/v1/session",
    { config: { permission: "public" }, schema: { summary: "Sign out", response: { 204: z.null() } } },
    async (_request, reply) => {
      reply.header("set-cookie", cookie("", 0)).status(204);
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
    if (deps.isKey(key)) reply.header("set-cookie", cookie(await deps.openSession(), deps.cookieSeconds));
    // The key must not stay in the address bar, nor go to anyone as a referrer; nor may the address lead to another host.
    const samePath = `/${path.replace(/^[/\\]+/, "")}`;
    reply.header("cache-control", "no-store");
    return reply.redirect(query.size === 0 ? samePath : `${samePath}?${query}`, 303);
  });
}
