import { type ErrorCode, isErrorCode, isJsonObject, PlayheadError } from "@playhead/core";
import type { HttpAnswer } from "./ask-over-http.ts";

/** The error code for an answer whose body does not name one of ours. */
const CODE_BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: "invalid_request",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  413: "payload_too_large",
  422: "validation_error",
  429: "rate_limited",
};

/** The error that an HTTP answer which is not a success stands for. */
export function errorOfAnswer({ status, retryAfter, text }: HttpAnswer, nowMs: number): PlayheadError {
  const body = objectIn(text);
  const code = typeof body.error_code === "string" && isErrorCode(body.error_code) ? body.error_code : codeOf(status);
  const message =
    typeof body.error_message === "string" ? body.error_message : `the server answered with status ${status}`;
  const detail = isJsonObject(body.detail) ? body.detail : {};
  const retryAfterMs = retryAfterOf(retryAfter, nowMs);
  return new PlayheadError(code, message, {
    // A server that is failing may be well again soon, whatever it calls its failure.
    retryable: status === 429 || status >= 500,
    detail: { ...detail, status, ...(retryAfterMs !== null && { retry_after_ms: retryAfterMs }) },
    ...(typeof detail.hint === "string" && { hint: detail.hint }),
  });
}

/** The error that a request stands for to which there came no answer. */
export function errorOfFailedRequest(url: string, cause: unknown): PlayheadError {
  return new PlayheadError("server_unreachable", `the Playhead server at ${url} did not answer`, {
    hint: "check that it runs and that the address is right",
    cause,
  });
}

function codeOf(status: number): ErrorCode {
  return CODE_BY_STATUS[status] ?? (status >= 500 ? "service_unavailable" : "invalid_request");
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    return isJsonObject(body) ? body : {};
  } catch {
    // Not JSON: a proxy's page, or nothing.
    return {};
  }
}

/** Retry-After is in seconds, or a date. */
function retryAfterOf(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}
