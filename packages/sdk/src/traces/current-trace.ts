import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import { currentJob } from "../context.ts";
import type { JobHandle } from "../handles.ts";
import { formatTraceparent, parseTraceparent, type TraceParent } from "./traceparent.ts";

/** A trace that was entered on purpose, and the job around it then: one that begins further in has its own. */
interface Scope {
  readonly trace: TraceParent;
  readonly around: JobHandle | undefined;
}

const scopes = new AsyncLocalStorage<Scope>();

/** The trace that this process, or this worker thread, was started in: the variable `TRACEPARENT`, read once. */
const inherited = parseTraceparent(process.env.TRACEPARENT);

/**
 * Where the trace comes from that the calling code takes part in, other than from a job of its own: the innermost
 * {@link withTraceparent}, else the process that started this one; null when there is neither.
 */
export function inboundTrace(): TraceParent | null {
  const scope = scopes.getStore();
  return scope !== undefined && scope.around === currentJob() ? scope.trace : inherited;
}

/** The trace of the calling code; `span_id` is that of the call which calls, as others are told of it. Null when there is none. */
export function currentTrace(): TraceParent | null {
  const scope = scopes.getStore();
  const job = currentJob();
  if (scope !== undefined && scope.around === job) return scope.trace;
  return (job === undefined ? null : jobTrace(job.correlation_id)) ?? inherited;
}

/**
 * Runs code in the trace that a caller has sent: jobs made in it have its trace id, calls have the caller as their
 * parent. With a header that is none, or none at all, the code runs as it would anyway.
 *
 * @param header such as `request.headers.traceparent`
 */
export function withTraceparent<Value>(header: unknown, run: () => Value): Value {
  const trace = parseTraceparent(header);
  return trace === null ? run() : scopes.run({ trace, around: currentJob() }, run);
}

/** The header `traceparent` for what the calling code calls; null when it takes part in no trace. */
export function traceparent(): string | null {
  const trace = currentTrace();
  return trace === null ? null : formatTraceparent(trace);
}

/**
 * The environment for a child process or a worker thread that the calling code starts, with its trace as `TRACEPARENT`.
 * @defaultValue env: process.env
 */
export function traceEnv(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const header = traceparent();
  return header === null ? { ...env } : { ...env, TRACEPARENT: header };
}

/** 16 lowercase hex digits, not all zero. */
export function newSpanId(random: (bytes: number) => Uint8Array = randomBytes): string {
  for (;;) {
    const id = Buffer.from(random(8)).toString("hex");
    if (/[^0]/.test(id)) return id;
  }
}

/** A job has no call of its own: half of its trace id stands for it, the same wherever it is asked. */
function jobTrace(traceId: string): TraceParent | null {
  const half = [traceId.slice(16), traceId.slice(0, 16)].find((digits) => /[^0]/.test(digits));
  return half === undefined ? null : parseTraceparent(`00-${traceId}-${half}-01`);
}
