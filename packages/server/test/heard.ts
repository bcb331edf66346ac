import type { Heard, HeardCall, HeardEvent, HeardGauge } from "../src/alerts/heard.ts";

/** Something that was heard, of the tenant `default`. */
export function event(
  atMs: number,
  type: HeardEvent["type"],
  { labels = {}, data = {}, cause = null }: Partial<Pick<HeardEvent, "labels" | "data" | "cause">> = {},
): HeardEvent {
  return { kind: "event", tenantId: "default", atMs, type, data, labels, cause };
}

export function call(atMs: number, name: string, more: Partial<HeardCall> = {}): HeardCall {
  const labels = { function_name: name, ...more.labels };
  const calls = { durationMs: 10, count: 1, errors: 0, cause: null, ...more };
  return { kind: "call", tenantId: "default", atMs, category: "function", ...calls, labels };
}

export function gauge(atMs: number, name: string, value: number, labels: Heard["labels"] = {}): HeardGauge {
  return { kind: "gauge", tenantId: "default", atMs, name, value, labels };
}
