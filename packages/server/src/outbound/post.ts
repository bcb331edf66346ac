import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { PlayheadError } from "@playhead/core";
import type { AddressGuard } from "./address-guard.ts";

export interface PostRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
  /** All of it, from the name to the answer, has so long. */
  readonly limitMs: number;
  /** Cuts it off. */
  readonly signal: AbortSignal;
  /** So much of the answer is read, as text. @defaultValue 0, nothing: it is nobody's affair */
  readonly answerBytes?: number;
}

/** What became of one try. */
export interface TryOutcome {
  /** Of the answer; null when there was none. */
  readonly status: number | null;
  /** Why there was no answer, in a word or two; null when there was one. */
  readonly error: string | null;
  /** What the receiver asked for. */
  readonly retryAfterMs: number | null;
  /** The beginning of the answer, as far as it was asked for. */
  readonly text: string;
}

const MAX_RETRY_AFTER_SEC = 100_000;

/** Posts JSON to somebody's address. Redirects are not followed. Never rejects. */
export async function post(guard: AddressGuard, options: PostRequest): Promise<TryOutcome> {
  const { url, headers, body, limitMs, signal, answerBytes = 0 } = options;
  const outcome = Promise.withResolvers<TryOutcome>();
  const fail = (error: unknown) =>
    outcome.resolve({ status: null, error: nameOf(error), retryAfterMs: null, text: "" });
  try {
    const address = guard.read(url);
    const send = address.protocol === "https:" ? requestHttps : requestHttp;
    const request = send(address, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json", "content-length": Buffer.byteLength(body) },
      lookup: guard.lookup,
      // A connection of its own: what the guard let through now says nothing about the next one.
      agent: false,
      signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
    });
    request.on("error", fail);
    request.on("response", async (answer) => {
      const text = await beginningOf(answer, answerBytes);
      outcome.resolve({
        status: answer.statusCode ?? null,
        error: null,
        retryAfterMs: retryAfterMs(answer.headers["retry-after"]),
        text,
      });
      answer.destroy();
    });
    request.end(body);
  } catch (error) {
    fail(error);
  }
  return outcome.promise;
}

/** An answer whose text breaks off has been given nevertheless: its status says what matters. */
async function beginningOf(answer: IncomingMessage, bytes: number): Promise<string> {
  answer.on("error", () => undefined);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    if (bytes > 0)
      for await (const chunk of answer) {
        chunks.push(chunk);
        length += chunk.length;
        if (length >= bytes) break;
      }
  } catch {}
  return Buffer.concat(chunks).subarray(0, bytes).toString();
}

/** For the list of tries: no addresses of ours, no stacks. */
function nameOf(error: unknown): string {
  if (error instanceof PlayheadError) return error.detail.refused === true ? "refused_address" : error.code;
  const { name, code } = error as NodeJS.ErrnoException;
  if (name === "TimeoutError" || name === "AbortError") return "timeout";
  return typeof code === "string" ? code : "failed";
}

function retryAfterMs(header: string | undefined): number | null {
  const seconds = header === undefined || !/^\s*\d{1,9}\s*$/.test(header) ? null : Number(header);
  return seconds === null ? null : Math.min(MAX_RETRY_AFTER_SEC, seconds) * 1_000;
}
