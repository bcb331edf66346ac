import { PlayheadError } from "@playhead/core";
import { asOwnRequest } from "../fetch/own-requests.ts";
import { errorOfAnswer, errorOfFailedRequest } from "./http-answer.ts";

/** Where the server is, and who asks. */
export interface HttpClientOptions {
  /** The server's address, such as `https://playhead.internal`. */
  readonly url: string;
  readonly apiKey: string;
  readonly nowMs: () => number;
}

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below `/api/v1`, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** After this it counts as failed. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Sends a request and reads the JSON of the answer; null for one that has none. @throws PlayheadError, `retryable` where trying again may help */
export type RequestJson = (request: HttpRequest) => Promise<unknown>;

/** @throws PlayheadError `usage_error` when the address is not one of http or https */
export function createHttpClient({ url, apiKey, nowMs }: HttpClientOptions): RequestJson {
  const base = serverBase(url);
  return async ({ method, path, headers, body, timeoutMs, signal }) => {
    let answer: Response;
    try {
      const asked = {
        method,
        headers: { authorization: `Bearer ${apiKey}`, accept: "application/json", ...headers },
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        // The key must not follow to wherever a redirect leads.
        redirect: "error",
        ...(body !== undefined && { body }),
      } as const;
      answer = await asOwnRequest(() => fetch(`${base}/api/v1${path}`, asked));
    } catch (cause) {
      throw errorOfFailedRequest(base, cause);
    }
    if (!answer.ok) throw await errorOfAnswer(answer, nowMs());
    if (answer.status === 204) return null;
    try {
      return await answer.json();
    } catch (cause) {
      throw errorOfFailedRequest(base, cause);
    }
  };
}

/** The server's address without a slash at its end. @throws PlayheadError `usage_error` */
export function serverBase(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || (parsed.protocol !== "http:" && parsed.protocol !== "https:")) {
    throw new PlayheadError(
      "usage_error",
      `expected the server's url to be one of http or https, got ${JSON.stringify(url)}`,
    );
  }
  return `${parsed.origin}${parsed.pathname.replace(/\/+$/, "")}`;
}
