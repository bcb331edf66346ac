import { Agent, type ClientRequestArgs, type IncomingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";
import replyFrom from "@fastify/reply-from";
import { PlayheadError } from "@playhead/core";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Api } from "./api.ts";

export interface ForwardRoutesDeps {
  /** Where the engine is. @throws PlayheadError `service_unavailable` while it is nowhere */
  readonly engineUrl: () => string;
  /** What shows that a request comes from a node, beside the client's own headers. */
  readonly nodeHeaders: Readonly<Record<string, string>>;
}

/** Everything that is the engine's, by its address. A node's own routes below them come first. */
export const FORWARDED = [
  "/api/*",
  "/v1/*",
  "/media/*",
  "/docs",
  "/docs/*",
  "/openapi.json",
  "/config.schema.json",
] as const;

/** A node that cannot be connected to within this time is not there. */
const CONNECT_LIMIT_MS = 3_000;
/** The longest silence on a connection: polls wait for 25 s, and streams say every 15 s that they are there. */
const SILENCE_LIMIT_MS = 60_000;
/** These are about the connection to this node, or say who asks, which is for this node to say. */
const NOT_PASSED_ON = /^(keep-alive|proxy-.*|te|trailer|upgrade|forwarded|x-forwarded-.*|x-real-ip)$/;

/**
 * Hands requests on to the engine's node, and its answers back, both as they come. Nothing is asked twice but what only
 * reads, and that only when a kept connection turns out to be gone: senders of all else know best what to send again.
 */
export async function addForwardRoutes(api: Api, { engineUrl, nodeHeaders }: ForwardRoutesDeps) {
  const agent = new EngineAgent({ keepAlive: true, maxFreeSockets: 64 });
  let cuts = 0;

  function headersFor({ ip, raw }: FastifyRequest, headers: IncomingHttpHeaders): IncomingHttpHeaders {
    const kept = Object.entries(headers).filter(([name]) => !NOT_PASSED_ON.test(name));
    return {
      ...Object.fromEntries(kept),
      // The name by which people know it: requests of our own pages are told from others' by it.
      ...(raw.headers.host !== undefined && { host: raw.headers.host }),
      "x-forwarded-for": ip,
      ...nodeHeaders,
    };
  }

  function forward(request: FastifyRequest, reply: FastifyReply) {
    const upstream = engineUrl();
    const cutsBefore = cuts;
    const isRead = request.method === "GET" || request.method === "HEAD";
    // Nobody reads a body that is not there, and its end is waited for.
    if (isRead) request.raw.resume();
    const [path] = request.url.split("?", 1);
    return reply.from(path, {
      getUpstream: () => upstream,
      rewriteRequestHeaders: (_request, headers) => headersFor(request, headers as IncomingHttpHeaders),
      retryDelay: ({ err, attempt }) => {
        const isGone = (err as NodeJS.ErrnoException | null)?.code === "ECONNRESET" && cuts === cutsBefore;
        return isRead && isGone && attempt < 1 ? 1 : null;
      },
      onError: (failed, { error }) => void failed.send(unreached(error)),
    });
  }

  await api.register((part, _options, done) => {
    part.removeAllContentTypeParsers();
    // Bodies are not looked at here.
    part.addContentTypeParser("*", (_request, body, taken) => taken(null, body));
    part.register(replyFrom, {
      http: { agents: { "http:": agent, "https:": agent as never }, requestOptions: { timeout: SILENCE_LIMIT_MS } },
      disableRequestLogging: true,
      disableCache: true,
    });
    const config = { permission: "forwarded", streams: true, waits: true } as const;
    for (const url of FORWARDED) part.all(url, { config, schema: { hide: true } }, forward);
    done();
  });

  return {
    /** Cuts what is under way: the engine is elsewhere by now, and who waits for the old one would wait in vain. */
    cut(): void {
      cuts += 1;
      agent.destroy();
    },
  };
}

/** Connections that give up early where nobody answers. */
class EngineAgent extends Agent {
  override createConnection(options: ClientRequestArgs, done?: (error: Error | null, stream: Duplex) => void) {
    const socket = super.createConnection(options, done);
    if (socket === null || socket === undefined) return socket;
    const timer = setTimeout(() => socket.destroy(new Error("nobody answered in time")), CONNECT_LIMIT_MS);
    const stop = () => clearTimeout(timer);
    socket.once("connect", stop).once("close", stop);
    return socket;
  }
}

function unreached(cause: Error): PlayheadError {
  return new PlayheadError("service_unavailable", "the node that runs the engine could not be reached, or went away", {
    detail: { retry_after_ms: 1_000 },
    cause,
  });
}
