import { createHash } from "node:crypto";
import type { Api } from "./api.ts";

/**
 * ETags and `Cache-Control`, in one place. What a route with `etag` answers may be kept by the one who asked, and is asked
 * for again each time: a weak tag over the whole answer (so it is never wrong, whatever the answer is made of) spares the
 * sending. All else of the API is kept by nobody: answers hold keys, and what somebody may see may change.
 */
export function addConditionalAnswers(api: Api): void {
  api.addHook("onSend", async (request, reply, payload) => {
    if (!request.url.startsWith("/api/") || reply.hasHeader("cache-control")) return payload;
    const { etag = false } = request.routeOptions.config;
    if (!etag || reply.statusCode !== 200 || typeof payload !== "string") {
      reply.header("cache-control", "no-store");
      return payload;
    }
    const tag = `W/"${createHash("sha1").update(payload).digest("base64url")}"`;
    reply.header("cache-control", "private, no-cache").header("etag", tag).header("vary", "Authorization, Cookie");
    if (!isKnown(request.headers["if-none-match"], tag)) return payload;
    reply.status(304).removeHeader("content-type").removeHeader("content-length");
    return null;
  });
}

/** Compared weakly, as RFC 9110 wants it for `If-None-Match`. */
function isKnown(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  const opaque = (each: string) => each.trim().replace(/^W\//, "");
  return header.split(",").some((each) => each.trim() === "*" || opaque(each) === opaque(tag));
}
