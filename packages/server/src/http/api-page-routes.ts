import { readFileSync } from "node:fs";
import type { FastifyReply } from "fastify";
import type { Api } from "./api.ts";
import { type ApiDocument, renderApiPage } from "./api-page.ts";

const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/**
 * The description of the API: for tools, and for people. The page is made here out of the document, since a library of the
 * usual kind is a megabyte of script that wants a laxer policy than the rest of this server has.
 */
export function addApiPageRoutes(api: Api): void {
  const style = readFileSync(new URL("./api-page.css", import.meta.url), "utf8");
  let page: string | null = null;
  const options = { config: { permission: "public" as const }, schema: { hide: true } };
  const send = (reply: FastifyReply, type: string, text: string) =>
    reply
      .header("content-security-policy", CONTENT_SECURITY_POLICY)
      .header("cache-control", "no-cache")
      .type(type)
      // As text: all else is answered as JSON.
      .serializer(String)
      .send(text);

  api.get("/openapi.json", options, async () => api.swagger());
  api.get("/docs", options, async (_, reply) => {
    page ??= renderApiPage(api.swagger() as ApiDocument);
    return send(reply, "text/html; charset=utf-8", page);
  });
  api.get("/docs/style.css", options, async (_, reply) => send(reply, "text/css; charset=utf-8", style));
}
