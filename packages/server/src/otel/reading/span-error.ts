import type { ErrorDetails } from "@playhead/core";
import type { Span, SpanEvent } from "../wire/read-requests.ts";
import { textAt } from "./attribute-names.ts";

/** The exception of a span that failed: the last one that was recorded is the one that ended it. */
export function exceptionOf({ isError, events }: Span): SpanEvent | null {
  return isError ? (events.findLast(({ name }) => name === "exception") ?? null) : null;
}

/** What went wrong; null for a span that did not fail. */
export function errorOf(span: Span): ErrorDetails | null {
  if (!span.isError) return null;
  const attributes = { ...span.attributes, ...exceptionOf(span)?.attributes };
  const type = textAt(attributes, "exception.type") ?? textAt(attributes, "error.type");
  const message = textAt(attributes, "exception.message", 10_000) ?? span.statusMessage;
  const stack = textAt(attributes, "exception.stacktrace", 40_000);
  const code = textAt(span.attributes, "error.type");
  return {
    class: type ?? "Error",
    message: message === "" ? `${span.name} failed` : message,
    ...(code !== null && code !== type && { code }),
    ...(stack !== null && { stack }),
  };
}
