import { type JobsFilter, PlayheadError } from "@playhead/core";
import type { Api } from "./api.ts";
import { apiOnDemand } from "./api-on-demand.ts";
import { type Clock, systemClock } from "./clock.ts";
import { createConnection } from "./connection.ts";
import type { ConnectionState } from "./connection-state.ts";
import { fallbackDial } from "./fallback-dial.ts";
import { createJobStore, type JobStore } from "./job-store.ts";
import { createJobsStore, type JobsStore } from "./jobs-store.ts";
import type { Store } from "./store.ts";
import { browserSurroundings } from "./surroundings.ts";
import { type Dial, TRANSPORTS, type Transport } from "./transport.ts";
import { webSocketDial } from "./web-socket-dial.ts";

export interface PlayheadClientOptions {
  /**
   * Where the server is, as `http:`, `https:`, `ws:` or `wss:`.
   * @defaultValue in a browser, where the page came from
   */
  readonly url?: string;
  /**
   * Gives a valid token, asked before each connection, before each request, and ahead of the token's end.
   * @defaultValue none: in a browser, the session's cookie speaks
   */
  readonly token?: () => Promise<string>;
  /**
   * What may carry the frames, best first; it goes from one to the next, and back, by itself.
   * @defaultValue all: a WebSocket, server-sent events, polling
   */
  readonly transports?: readonly Transport[];
  /** Another carrier altogether. @defaultValue one of `transports` */
  readonly dial?: Dial;
  /** @defaultValue the machine's */
  readonly clock?: Clock;
}

/** A connection to a Playhead server, and what is followed over it. */
export interface PlayheadClient {
  /** The job, followed while someone listens; the same store for the same job. */
  watchJob(jobId: string): JobStore;
  /** The newest jobs that the filter lets through, followed while someone listens; the same store for the same filter. */
  watchJobs(filter?: JobsFilter): JobsStore;
  readonly connection: Store<ConnectionState>;
  readonly api: Api;
  /** Connects again now, also after the server refused us: after signing in, say. */
  retry(): void;
  /** Ends everything for good. */
  close(): void;
}

/** How many stores that nobody follows are kept, so that going back to a page shows what it showed. */
const MAX_IDLE_STORES = 32;

/**
 * Creates a client. It connects when something is followed.
 *
 * @throws PlayheadError `usage_error` when no `url` is given where there is no page to take it from.
 */
export function createPlayheadClient(options: PlayheadClientOptions = {}): PlayheadClient {
  const { clock = systemClock, token } = options;
  const http = serverUrl(options.url);
  const socketUrl = new URL("ws", http);
  socketUrl.protocol = http.protocol === "https:" ? "wss:" : "ws:";
  const webSocket = webSocketDial(socketUrl.href);
  const { transports = TRANSPORTS } = options;
  // Fetched when it is needed: most networks let a WebSocket through.
  const loadOthers = async () => {
    const { otherTransports } = await import("./fallback/other-transports.ts");
    return otherTransports({ url: http.href, token, clock, transports, webSocket });
  };
  const connection = createConnection({
    dial: options.dial ?? fallbackDial(transports[0] === "websocket" ? webSocket : null, clock, loadOthers),
    token,
    clock,
    surroundings: browserSurroundings(http.href),
  });
  const api = apiOnDemand({ url: http.href, token });
  const jobs = keepStores((jobId: string) => createJobStore({ connection, api, clock, jobId }));
  const lists = keepStores((key: string) =>
    createJobsStore({ connection, clock, filter: JSON.parse(key) as JobsFilter }),
  );

  return {
    watchJob: jobs,
    watchJobs: (filter = {}) => lists(JSON.stringify(filter)),
    connection: connection.state,
    api,
    retry: connection.retry,
    close: connection.close,
  };
}

/** One store a key. The oldest that nobody holds on to through a subscription may be made anew. */
function keepStores<Value>(create: (key: string) => Value): (key: string) => Value {
  const stores = new Map<string, Value>();
  return (key) => {
    const store = stores.get(key) ?? create(key);
    stores.delete(key);
    stores.set(key, store);
    const oldest = stores.keys().next().value;
    if (stores.size > MAX_IDLE_STORES && oldest !== undefined) stores.delete(oldest);
    return store;
  };
}

/** The server's address over HTTP, with a path that ends in a slash. */
function serverUrl(given: string | undefined): URL {
  const text = given ?? (typeof location === "undefined" ? undefined : location.origin);
  const url = text === undefined ? null : URL.parse(text);
  if (url === null || !/^(https?|wss?):$/.test(url.protocol)) {
    throw new PlayheadError(
      "usage_error",
      `expected url to be an http, https, ws or wss address, got ${JSON.stringify(given)}`,
      {
        hint: "pass the address of your Playhead server, such as https://playhead.internal",
      },
    );
  }
  url.protocol = /^(https|wss):$/.test(url.protocol) ? "https:" : "http:";
  url.search = "";
  url.hash = "";
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}
