/** A place in a trace, as the W3C header `traceparent` carries it from one program to another. */
export interface TraceParent {
  /** 32 lowercase hex digits, not all zero. */
  readonly trace_id: string;
  /** Of the call that calls: 16 lowercase hex digits, not all zero. */
  readonly span_id: string;
  /** Whether the caller keeps what it records. */
  readonly is_sampled: boolean;
}

const SHAPE = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/s;
const NO_TRACE = "0".repeat(32);
const NO_SPAN = "0".repeat(16);

/**
 * Reads a `traceparent`; null when it is none, which is to be treated as if nothing had been sent. Of a version after 00
 * the parts that 00 has are read, as the standard asks.
 */
export function parseTraceparent(header: unknown): TraceParent | null {
  if (typeof header !== "string") return null;
  const parts = SHAPE.exec(header);
  if (parts === null) return null;
  const [, version, traceId = NO_TRACE, spanId = NO_SPAN, flags = "00", rest] = parts;
  if (version === "ff" || (version === "00" && rest !== undefined)) return null;
  if (traceId === NO_TRACE || spanId === NO_SPAN) return null;
  return { trace_id: traceId, span_id: spanId, is_sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** Writes a `traceparent` of version 00. */
export function formatTraceparent({ trace_id, span_id, is_sampled }: TraceParent): string {
  return `00-${trace_id}-${span_id}-${is_sampled ? "01" : "00"}`;
}
