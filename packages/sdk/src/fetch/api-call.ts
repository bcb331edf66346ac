import type { ErrorDetails, JsonObject } from "@playhead/core";
import type { EndedExecution } from "../observe/observer.ts";

/** A call of another service that was answered, or failed. */
export interface ApiCall {
  /** As {@link endpointOf} names it, or in other words. */
  readonly endpoint: string;
  readonly startMs: number;
  /** Until the answer began, or there was to be none. */
  readonly responseTimeMs: number;
  /** Null when no answer came. */
  readonly status: number | null;
  /** Why no answer came. */
  readonly error?: ErrorDetails;
  readonly span_id?: string;
  readonly metadata?: JsonObject;
}

/** The execution that an API call is recorded as: failed, when no answer came or it was a 4xx or 5xx. */
export function apiExecution(call: ApiCall): EndedExecution {
  const { endpoint, startMs, responseTimeMs, status, span_id, metadata } = call;
  const error = call.error ?? (status !== null && status >= 400 ? statusError(status) : undefined);
  return {
    name: endpoint,
    category: "api",
    startMs,
    durationMs: responseTimeMs,
    ...(span_id !== undefined && { span_id }),
    ...(error !== undefined && { error }),
    metadata: { ...metadata, status },
  };
}

function statusError(status: number): ErrorDetails {
  return { class: "HttpStatus", message: `answered with status ${status}`, code: String(status) };
}
