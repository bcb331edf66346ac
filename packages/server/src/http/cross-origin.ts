import cors from "@fastify/cors";
import type { Api } from "./api.ts";

/** How long a browser may go by what it was told, in seconds. */
const MAX_AGE_SEC = 600;

/**
 * Lets pages of any origin use the API: a product's page follows jobs with a token of its own. What they ask comes without
 * cookies (an answer to any origin may not be read by a page that sends them), so a token has to be said.
 */
export async function allowOtherOrigins(api: Api): Promise<void> {
  await api.register(cors, {
    hideOptionsRoute: true,
    delegator: ({ url }, callback) =>
      callback(null, {
        origin: url?.startsWith("/api/") ? "*" : false,
        methods: ["GET", "HEAD", "POST", "DELETE"],
        allowedHeaders: [
          "authorization",
          "content-type",
          "idempotency-key",
          "if-none-match",
          "last-event-id",
          "traceparent",
        ],
        exposedHeaders: ["etag", "location", "retry-after", "x-correlation-id"],
        maxAge: MAX_AGE_SEC,
      }),
  });
}
