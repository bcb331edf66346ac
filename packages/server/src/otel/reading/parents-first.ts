import type { Span } from "../wire/read-requests.ts";

/**
 * Spans as they began, none before its parent: clocks are coarse, and those of two machines differ. Spans that are each
 * other's parents, which only somebody of ill will sends, come in some order.
 */
export function parentsFirst(spans: readonly Span[]): readonly Span[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const ordered = new Set<Span>();
  for (const span of spans.toSorted((a, b) => a.startMs - b.startMs)) {
    const above: Span[] = [];
    const seen = new Set<Span>();
    for (let each: Span | undefined = span; each !== undefined && !ordered.has(each) && !seen.has(each); ) {
      above.push(each);
      seen.add(each);
      each = byId.get(each.parentSpanId ?? "");
    }
    for (const each of above.reverse()) ordered.add(each);
  }
  return [...ordered];
}
