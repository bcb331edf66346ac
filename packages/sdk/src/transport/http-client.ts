import { PlayheadError } from "@playhead/core";
import { askOverHttp, type HttpAnswer, type HttpQuestion, isSuccess } from "./ask-over-http.ts";
import { errorOfAnswer, errorOfFailedRequest } from "./http-answer.ts";

/** Where the server is, and who asks. */
export interface HttpClientOptions {
  /** The server's address, such as `https://playhead.internal`. */
  readonly url: string;
  readonly apiKey: string;
  readonly nowMs: () => number;
}

export interface HttpRequest extends Omit<HttpQuestion, "headers"> {
  /** Below `/api/v1`, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request and reads the JSON of the answer; null for one that has none. @throws PlayheadError, `retryable` where trying again may help */
export type RequestJson = (request: HttpRequest) => Promise<unknown>;

/** @throws PlayheadError `usage_error` when the address is not one of http or https */
export function createHttpClient({ url, apiKey, nowMs }: HttpClientOptions): RequestJson {
  const base = serverBase(url);
  return async ({ path, headers, ...question }) => {
    let answer: HttpAnswer;
    try {
      answer = await askOverHttp(`${base}/api/v1${path}`, {
        headers: { authorization: `Bearer ${apiKey}`, accept: "application/json", ...headers },
        ...question,
      });
    } catch (cause) {
      throw errorOfFailedRequest(base, cause);
    }
    if (!isSuccess(answer)) throw errorOfAnswer(answer, nowMs());
    if (answer.status === 204) return null;
    try {
      return JSON.parse(answer.text);
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
