import { isErrorCode, isJsonObject, type JsonObject, PlayheadError } from "@playhead/core";
import { explained, type ServerAddress } from "./server-check.ts";

const LIMIT_MS = 30_000;

/**
 * Asks a server what only administrators ask of it: what viewers and workers need has its place in their libraries.
 *
 * @returns the body of the answer; empty for an answer without one
 * @throws PlayheadError what the server answered, or `server_unreachable`
 */
export async function askServer(
  { url, apiKey }: ServerAddress,
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: object,
): Promise<JsonObject> {
  let answer: Response;
  let said: unknown;
  try {
    answer = await fetch(new URL(`api/v1/${path}`, url.endsWith("/") ? url : `${url}/`), {
      method,
      headers: { authorization: `Bearer ${apiKey}`, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    const text = await answer.text();
    said = text === "" ? {} : JSON.parse(text);
  } catch (cause) {
    throw explained(new PlayheadError("server_unreachable", "no answer", { cause }), url);
  }
  if (answer.ok && isJsonObject(said)) return said;
  throw explained(errorOf(said, url), url);
}

/** An answer as it comes. */
export interface StreamedAnswer {
  readonly headers: Headers;
  readonly pieces: AsyncIterable<Uint8Array>;
}

/**
 * The answer of a server piece by piece, however long it is.
 *
 * @throws PlayheadError what the server answered, or `server_unreachable`, also when the answer breaks off
 */
export async function streamFrom(
  { url, apiKey }: ServerAddress,
  path: string,
  signal: AbortSignal,
): Promise<StreamedAnswer> {
  const unreachable = (cause: unknown) =>
    signal.aborted ? signal.reason : explained(new PlayheadError("server_unreachable", "no answer", { cause }), url);
  let answer: Response;
  try {
    answer = await fetch(new URL(`api/v1/${path}`, url.endsWith("/") ? url : `${url}/`), {
      headers: { authorization: `Bearer ${apiKey}` },
      signal,
    });
  } catch (cause) {
    throw unreachable(cause);
  }
  if (!answer.ok || answer.body === null) {
    const said: unknown = await answer.json().catch(() => null);
    throw explained(errorOf(said, url), url);
  }
  const { body, headers } = answer;
  async function* pieces() {
    try {
      yield* body;
    } catch (cause) {
      throw unreachable(cause);
    }
  }
  return { headers, pieces: pieces() };
}

function errorOf(said: unknown, url: string): PlayheadError {
  const { error_code: code, error_message: message, detail } = isJsonObject(said) ? said : {};
  if (typeof code !== "string" || !isErrorCode(code) || typeof message !== "string") {
    return new PlayheadError("server_unreachable", `what answers at ${url} is no Playhead server`);
  }
  const hint = isJsonObject(detail) ? detail.hint : undefined;
  return new PlayheadError(code, message, typeof hint === "string" ? { hint } : {});
}
