import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import * as z from "zod";
import type { Api } from "./api.ts";
import { jobParams } from "./schemas.ts";

/** What is asked of a job by a stream or a poll. */
interface Asked {
  readonly jobId: string;
  readonly since: string | null;
}

/** Begins an answer that goes on. */
type BeginStream = (response: ServerResponse, headers: OutgoingHttpHeaders) => void;

export interface StreamRoutesDeps {
  /** Opens a stream; what it throws is answered as of any route. @returns begins the answer */
  readonly openStream: (request: IncomingMessage, asked: Asked) => Promise<BeginStream>;
  readonly poll: (
    request: IncomingMessage,
    asked: Asked & { readonly waitMs: number },
    signal: AbortSignal,
  ) => Promise<{ readonly frames: readonly string[]; readonly position: string }>;
}

const MAX_WAIT_SEC = 25;
const EVENTS = { description: "Events without an end", content: { "text/event-stream": { schema: z.string() } } };

const since = z.string().max(200).optional().meta({ description: "EPOCH:SEQ:TICK, from the last event or answer" });
const token = z.string().max(8_192).optional().meta({ description: "For clients that cannot send headers" });

/** Following a job where there are no WebSockets (docs/protocol.md). */
export function addStreamRoutes(api: Api, { openStream, poll }: StreamRoutesDeps): void {
  api.get(
    "/api/v1/jobs/:id/stream",
    {
      exposeHeadRoute: false,
      config: { tokenInQuery: true, waits: true },
      schema: {
        summary: "Follow a job as server-sent events",
        params: jobParams,
        querystring: z.object({ since, token }),
        response: { 200: EVENTS },
      },
    },
    async ({ params, query, headers, raw }, reply) => {
      const last = headers["last-event-id"];
      const begin = await openStream(raw, {
        jobId: params.id,
        since: positionOf(typeof last === "string" && last !== "" ? last : query.since),
      });
      reply.hijack();
      begin(reply.raw, reply.getHeaders() as OutgoingHttpHeaders);
    },
  );

  api.get(
    "/api/v1/jobs/:id/poll",
    {
      exposeHeadRoute: false,
      config: { tokenInQuery: true, waits: true },
      schema: {
        summary: "Wait for what happens to a job",
        params: jobParams,
        querystring: z.object({ since, token, wait: z.coerce.number().min(0).max(MAX_WAIT_SEC).default(MAX_WAIT_SEC) }),
        response: {
          200: z.object({
            frames: z.array(z.record(z.string(), z.unknown())).meta({ description: "As over a WebSocket" }),
            position: z.string().meta({ description: "EPOCH:SEQ:TICK, the since of the next poll" }),
          }),
        },
      },
    },
    async ({ params, query, raw }, reply) => {
      const gone = new AbortController();
      // Of the answer, not of the request: that one is over as soon as it has been read.
      reply.raw.once("close", () => gone.abort());
      const asked = { jobId: params.id, since: positionOf(query.since), waitMs: query.wait * 1_000 };
      const { frames, position } = await poll(raw, asked, gone.signal);
      reply.type("application/json").header("cache-control", "no-store");
      // The frames are JSON already.
      return reply.send(`{"frames":[${frames.join(",")}],"position":${JSON.stringify(position)}}` as never);
    },
  );
}

/** Hearing of a tenant's alerts (docs/protocol.md). */
export function addAlertStreamRoute(
  api: Api,
  openAlertStream: (request: IncomingMessage) => Promise<BeginStream>,
): void {
  api.get(
    "/api/v1/alerts/stream",
    {
      exposeHeadRoute: false,
      config: { permission: "inspect", waits: true },
      schema: { summary: "Hear of changed alerts as server-sent events", response: { 200: EVENTS } },
    },
    async ({ raw }, reply) => {
      const begin = await openAlertStream(raw);
      reply.hijack();
      begin(reply.raw, reply.getHeaders() as OutgoingHttpHeaders);
    },
  );
}

/** An empty position is none, so that a client may always send what it has. */
function positionOf(word: string | undefined): string | null {
  return word === undefined || word === "" ? null : word;
}
