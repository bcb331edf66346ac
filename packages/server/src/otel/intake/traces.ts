/** What is known of a trace while spans of it come. */
export interface Trace {
  /** The job that its spans belong to; null while there is none. */
  jobId: string | null;
  /** The spans that were taken: one that comes again changes nothing. */
  readonly spanIds: Set<string>;
  /** The tasks that spans are of, by the span's id: for the calls within. */
  readonly taskOf: Map<string, string>;
}

/** Over all traces: some 50 MB at most. */
const MAX_SPANS = 300_000;
const MAX_TRACES = 50_000;

/** The traces of which something came lately; who was not heard of for longest goes first. */
export function createTraces() {
  const traces = new Map<string, Trace>();
  let spans = 0;

  const keyOf = (tenantId: string, traceId: string) => `${tenantId} ${traceId}`;

  function drop(key: string): void {
    spans -= traces.get(key)?.spanIds.size ?? 0;
    traces.delete(key);
  }

  return {
    find(tenantId: string, traceId: string): Trace | null {
      const key = keyOf(tenantId, traceId);
      const trace = traces.get(key);
      if (trace === undefined) return null;
      traces.delete(key);
      traces.set(key, trace);
      return trace;
    },
    /** Takes a trace into memory. @param spanIds that are known to be stored */
    add(tenantId: string, traceId: string, jobId: string | null, spanIds: Iterable<string>): Trace {
      const trace: Trace = { jobId, spanIds: new Set(spanIds), taskOf: new Map() };
      traces.set(keyOf(tenantId, traceId), trace);
      spans += trace.spanIds.size;
      for (const key of traces.keys()) {
        if ((spans <= MAX_SPANS && traces.size <= MAX_TRACES) || traces.size === 1) break;
        drop(key);
      }
      return trace;
    },
    /** @returns whether the span had not been taken before */
    take(trace: Trace, spanId: string): boolean {
      if (trace.spanIds.has(spanId)) return false;
      trace.spanIds.add(spanId);
      spans += 1;
      return true;
    },
    /** What was taken of it could not be stored: the store knows how much of it is there. */
    forget(tenantId: string, traceId: string): void {
      drop(keyOf(tenantId, traceId));
    },
  };
}

export type Traces = ReturnType<typeof createTraces>;
