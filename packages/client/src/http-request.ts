import { type ErrorBody, isErrorCode, isJsonObject, PlayheadError } from "@playhead/core";

export interface RequestOptions {
  /** `http:` or `https:` address of the server. */
  readonly url: string;
  /** Asked before each request. */
  readonly token?: (() => Promise<string>) | undefined;
}

export interface HttpRequest {
  /** @defaultValue GET */
  readonly method?: string;
  /** Names and values; one that is undefined is left out, a list is repeated. */
  readonly query?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | undefined;
  readonly signal?: AbortSignal;
}

/**
 * Asks the server for a path under `/api/v1/`, and gives the answer when it is a yes.
 *
 * @throws PlayheadError the server's own error; `server_unreachable` where there was no answer.
 */
export type Request = (path: string, request?: HttpRequest) => Promise<Response>;

type QueryValue = string | number | readonly string[] | undefined;

/** Creates the one way in which requests are made. */
export function createRequest({ url, token }: RequestOptions): Request {
  return async (path, { method = "GET", query = {}, headers = {}, body, signal } = {}) => {
    const address = new URL(`api/v1/${path}`, url.endsWith("/") ? url : `${url}/`);
    for (const [name, value] of Object.entries(query) as [string, QueryValue][]) {
      for (const each of value === undefined ? [] : [value].flat()) address.searchParams.append(name, String(each));
    }
    const sent: Record<string, string> = { accept: "application/json", ...headers };
    if (body !== undefined) sent["content-type"] = "application/json";
    if (token !== undefined) sent.authorization = `Bearer ${await token()}`;
    let response: Response;
    try {
      response = await fetch(address, {
        method,
        headers: sent,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(signal !== undefined && { signal }),
      });
    } catch (cause) {
      throw new PlayheadError("server_unreachable", "the server cannot be reached", {
        cause,
        hint: "check that it runs, then try again",
      });
    }
    if (!response.ok) throw errorOf(response, await response.json().catch(() => null));
    return response;
  };
}

/** An answer that says no, as the error that the server meant. */
function errorOf({ status, headers }: Response, answer: unknown): PlayheadError {
  const body: Partial<ErrorBody> = isJsonObject(answer) ? answer : {};
  const retryAfterSec = Number(headers.get("retry-after") ?? Number.NaN);
  const detail = { ...body.detail, ...(retryAfterSec >= 0 && { retry_after_ms: retryAfterSec * 1_000 }) };
  const known = typeof body.error_code === "string" && isErrorCode(body.error_code);
  const code = known
    ? body.error_code
    : status === 401
      ? "unauthorized"
      : status >= 500
        ? "service_unavailable"
        : "invalid_request";
  const message = body.error_message ?? `the server answered with status ${status}`;
  const hint = body.detail?.hint;
  return new PlayheadError(code, message, { detail, ...(typeof hint === "string" && { hint }) });
}
