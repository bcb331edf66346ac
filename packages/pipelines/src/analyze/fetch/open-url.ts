import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { PlayheadError } from "@playhead/sdk";
import { retryAfterMs } from "../../media/retry-after.ts";
import type { AddressGuard } from "./address-guard.ts";

export interface OpenOptions {
  readonly guard: AddressGuard;
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
  /** How often it may be led elsewhere. @defaultValue 5 */
  readonly maxRedirects?: number;
  /** Longest wait for the beginning of each answer. @defaultValue 20 000 */
  readonly timeoutMs?: number | undefined;
}

/** What a server answered, whatever its status. Its body has to be read or destroyed. */
export interface Answer {
  readonly response: IncomingMessage;
  readonly status: number;
  /** Where it came from in the end. */
  readonly url: URL;
}

const DEFAULT_TIMEOUT_MS = 20_000;
const DEFAULT_MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Gets what lies at an address. Redirects are followed, and each of them is guarded as the first address was.
 *
 * @throws PlayheadError `source_refused` for an address that may not be called, or redirects without end;
 * `source_failed` when there is no answer; what `signal` was aborted with
 */
export async function openUrl(address: string, options: OpenOptions): Promise<Answer> {
  const { guard, maxRedirects = DEFAULT_MAX_REDIRECTS } = options;
  let url = guard.read(address);
  for (let hops = 0; ; hops++) {
    const response = await ask(url, options);
    const status = response.statusCode ?? 0;
    const { location } = response.headers;
    if (!REDIRECTS.has(status) || location === undefined) return { response, status, url };
    response.destroy();
    if (hops >= maxRedirects) {
      throw new PlayheadError("source_refused", `${url.hostname} leads from one address to the next, without end`, {
        hint: "give the address that it leads to in the end",
        detail: { max_redirects: maxRedirects },
      });
    }
    url = guard.read(location, url);
  }
}

/** @throws PlayheadError that says what a status other than 2xx means; the answer is destroyed then */
export function expectSuccess({ response, status, url }: Answer): void {
  if (status >= 200 && status < 300) return;
  response.destroy();
  throw statusError(url, status, retryAfterMs(response.headers["retry-after"], Date.now()));
}

/**
 * What a status other than 2xx means.
 *
 * @param waitMs how long the server wants to be left alone; null where it does not say
 */
export function statusError(url: URL, status: number, waitMs: number | null): PlayheadError {
  const detail = { status, ...(waitMs !== null && { retry_after_ms: waitMs }) };
  const told = `${url.hostname} answered with status ${status}`;
  if (status === 429) {
    return new PlayheadError("rate_limited", `${told}: too many requests`, { hint: "try again later", detail });
  }
  if (status >= 400 && status < 500 && status !== 408 && status !== 425) {
    const hint = "check the address, and whether it needs a login";
    return new PlayheadError("source_refused", told, { hint, detail });
  }
  return new PlayheadError("source_failed", told, { hint: "try again later", detail });
}

function ask(url: URL, { guard, headers, signal, timeoutMs = DEFAULT_TIMEOUT_MS }: OpenOptions) {
  signal.throwIfAborted();
  const answered = Promise.withResolvers<IncomingMessage>();
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  const request = send(url, {
    headers: { accept: "*/*", "accept-encoding": "identity", "user-agent": "Playhead", ...headers },
    lookup: guard.lookup,
    // A connection of its own: what the guard let through now says nothing about the next one.
    agent: false,
    signal,
  });
  const limit = setTimeout(() => request.destroy(noAnswer(url, `within ${timeoutMs / 1_000} s`)), timeoutMs);
  request.on("response", (response) => {
    // Whoever reads it hears of errors; until then there must be somebody who does.
    response.on("error", () => undefined);
    answered.resolve(response);
  });
  request.on("error", (error) => answered.reject(signal.aborted ? signal.reason : connectionError(url, error)));
  request.end();
  return answered.promise.finally(() => clearTimeout(limit));
}

function noAnswer(url: URL, when: string, cause?: unknown): PlayheadError {
  return new PlayheadError("source_failed", `${url.hostname} did not answer ${when}`, {
    hint: "check the connection and whether the platform is well",
    cause,
  });
}

/** What a broken connection means; an error of ours stays what it is. */
export function connectionError(url: URL, error: unknown): PlayheadError {
  if (error instanceof PlayheadError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOTFOUND") {
    return new PlayheadError("source_failed", `there is no host ${url.hostname}, or its name cannot be asked now`, {
      hint: "check the address and the connection",
      cause: error,
    });
  }
  return noAnswer(url, `as it should (${code ?? "the connection broke"})`, error);
}
