import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { keepScope } from "../context.ts";
import { type Clock, systemClock } from "../observe/clock.ts";
import { errorDetails } from "../observe/error-details.ts";
import { currentObserver } from "../observe/observer.ts";
import { newSpanId, outboundTrace } from "../traces/current-trace.ts";
import { formatTraceparent } from "../traces/traceparent.ts";
import { apiExecution } from "./api-call.ts";
import { createNameLimit, endpointOf } from "./endpoint.ts";
import { isOwnRequest } from "./own-requests.ts";

/** How requests are recorded. */
export interface PatchFetchOptions {
  /** Which addresses are sent the header `traceparent`, unless they get one anyway. @defaultValue all */
  readonly traceparent?: boolean | ((url: URL) => boolean);
  /** Names an endpoint; null: as it would be named anyway. It must not throw. */
  readonly endpoint?: (request: { readonly method: string; readonly url: URL }) => string | null;
  readonly clock?: Clock;
}

/** What undici tells of a request: the same object from its beginning to its end. */
interface UndiciRequest {
  readonly origin: string | URL;
  readonly method: string;
  readonly path: string;
  readonly contentLength?: number | null;
  /** Names and values in turn. */
  readonly headers: readonly (string | readonly string[])[];
  addHeader?(name: string, value: string): unknown;
}

interface UndiciResponse {
  readonly statusCode: number;
  /** Names and values in turn. */
  readonly headers: readonly (Buffer | string)[];
}

interface Call {
  readonly endpoint: string;
  readonly method: string;
  readonly host: string;
  readonly startMs: number;
  readonly startedMs: number;
  readonly spanId: string;
  /** Runs something where the request was made: answers arrive in anyone's context. */
  readonly inContext: (run: () => void) => void;
}

const MAX_ENDPOINTS = 1_000;

let undo: (() => void) | null = null;

/**
 * Records each request that `fetch` sends: its endpoint, with ids left out, status, time until the answer began, size
 * where the headers tell it, or why no answer came. Redirects are requests of their own. Sends `traceparent` along.
 *
 * It listens to what undici, which `fetch` is made of, tells of its requests, and wraps nothing: `fetch`, its promises,
 * errors and bodies are what they were, and whoever has a copy of `fetch` or uses the package undici is seen as well. A
 * fetch that never becomes a request (aborted before, a `data:` address) is not recorded.
 *
 * @returns what undoes it. Called again before that, it does nothing, and returns the same. An undo of one that is
 * undone leaves a later one as it is
 */
export function patchFetch(options: PatchFetchOptions = {}): () => void {
  if (undo !== null) return undo;
  const listeners = Object.entries(createListeners(options));
  for (const [channel, listener] of listeners) subscribe(channel, listener);
  const undoThis = () => {
    for (const [channel, listener] of listeners) unsubscribe(channel, listener);
    if (undo === undoThis) undo = null;
  };
  undo = undoThis;
  return undo;
}

type Listener = (message: unknown) => void;

function createListeners(options: PatchFetchOptions): Record<string, Listener> {
  const { clock = systemClock } = options;
  const limited = createNameLimit(MAX_ENDPOINTS);
  const calls = new WeakMap<UndiciRequest, Call>();

  function begin(request: UndiciRequest): void {
    if (isOwnRequest()) return;
    const observer = currentObserver();
    const trace = outboundTrace();
    if (observer === null && trace === null) return;
    const url = new URL(request.path, request.origin);
    const spanId = observer === null || trace === null ? (trace?.span_id ?? newSpanId()) : newSpanId();
    if (trace !== null && maySendTrace(options.traceparent, url) && !hasHeader(request, "traceparent"))
      request.addHeader?.("traceparent", formatTraceparent({ ...trace, span_id: spanId }));
    if (observer === null) return;
    const { method } = request;
    const named = options.endpoint?.({ method, url }) ?? endpointOf(method, url.host, url.pathname);
    calls.set(request, {
      endpoint: limited(named, `${method} ${url.host}`),
      method,
      host: url.host,
      startMs: clock.wallMs(),
      startedMs: clock.monotonicMs(),
      spanId,
      inContext: keepScope(),
    });
  }

  function end(request: UndiciRequest, response: UndiciResponse | null, failure: unknown): void {
    const call = calls.get(request);
    // What precedes the answer, such as 103, is not it.
    if (call === undefined || (response !== null && response.statusCode < 200 && response.statusCode !== 101)) return;
    calls.delete(request);
    const responseTimeMs = clock.monotonicMs() - call.startedMs;
    const { endpoint, startMs, spanId, method, host } = call;
    const sentBytes = request.contentLength;
    const answerBytes = response === null ? null : contentLength(response);
    const execution = apiExecution({
      endpoint,
      startMs,
      responseTimeMs,
      status: response?.statusCode ?? null,
      span_id: spanId,
      ...(response === null && { error: errorDetails(failure) }),
      metadata: {
        method,
        host,
        ...(typeof sentBytes === "number" && { request_bytes: sentBytes }),
        ...(answerBytes !== null && { response_bytes: answerBytes }),
      },
    });
    call.inContext(() => currentObserver()?.executionEnded(execution));
  }

  return {
    "undici:request:create": safely<{ request: UndiciRequest }>(({ request }) => begin(request)),
    "undici:request:headers": safely<{ request: UndiciRequest; response: UndiciResponse }>(({ request, response }) =>
      end(request, response, null),
    ),
    "undici:request:error": safely<{ request: UndiciRequest; error: unknown }>(({ request, error }) =>
      end(request, null, error),
    ),
  };
}

/** What a listener of a channel throws would end the process. */
function safely<Message>(listen: (message: Message) => void): Listener {
  return (message) => {
    try {
      listen(message as Message);
    } catch {
      // The request is not recorded; it goes on.
    }
  };
}

function maySendTrace(allowed: PatchFetchOptions["traceparent"], url: URL): boolean {
  return typeof allowed === "function" ? allowed(url) : allowed !== false;
}

function hasHeader({ headers }: UndiciRequest, name: string): boolean {
  return headers.some((each, index) => index % 2 === 0 && typeof each === "string" && each.toLowerCase() === name);
}

function contentLength({ headers }: UndiciResponse): number | null {
  const at = headers.findIndex((each, index) => index % 2 === 0 && String(each).toLowerCase() === "content-length");
  const bytes = at === -1 ? Number.NaN : Number(String(headers[at + 1]));
  return Number.isSafeInteger(bytes) ? bytes : null;
}
