import { randomBytes } from "node:crypto";
import { currentJob, currentScope, processOrigin, runInTrace } from "../context.ts";
import type { Origin } from "../observe/execution.ts";
import { currentTrace } from "../observe/observer.ts";
import { formatTraceparent, parseTraceparent, type TraceParent } from "./traceparent.ts";

/**
 * Where the trace comes from that the calling code takes part in, other than from a job of its own: the innermost
 * {@link withTraceparent}, else the process that started this one; null when there is neither.
 */
export function inboundTrace(): Origin | null {
  return currentJob() === undefined ? currentScope().origin : processOrigin;
}

/** What others are told of where the calling code stands: its trace, and the call in it that calls. Null outside of any. */
export function outboundTrace(): TraceParent | null {
  const recorded = currentTrace();
  const { origin } = currentScope();
  const trace_id = recorded?.trace_id || currentJob()?.correlation_id || origin?.trace_id || "";
  const span_id = recorded?.span_id ?? (origin?.trace_id === trace_id ? origin.span_id : halfOf(trace_id));
  return span_id === null ? null : { trace_id, span_id, is_sampled: true };
}

/**
 * Runs code in the trace that a caller has sent: jobs made in it have its trace id, calls have the caller as their
 * parent. With a header that is none, or none at all, the code runs as it would anyway; so it does within a job, which
 * has its own trace.
 *
 * @param header such as `request.headers.traceparent`
 */
export function withTraceparent<Value>(header: unknown, run: () => Value): Value {
  const origin = parseTraceparent(header);
  return origin === null ? run() : runInTrace(origin, run);
}

/** The header `traceparent` for what the calling code calls; null when it takes part in no trace. */
export function traceparent(): string | null {
  const trace = outboundTrace();
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
function halfOf(traceId: string): string | null {
  return [traceId.slice(16), traceId.slice(0, 16)].find((digits) => /[^0]/.test(digits)) ?? null;
}
