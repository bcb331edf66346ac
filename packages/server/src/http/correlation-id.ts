import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** Version 00 has four parts; a later one may have more behind them, and never is ff. */
const TRACEPARENT =
  /^(?:00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}|(?!00|ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?)$/;

/**
 * What names a request in its answer, in the log, and in the job that it creates: the W3C trace id that it comes with
 * (`traceparent`), else a new one.
 */
export function correlationIdOf({ traceparent }: IncomingHttpHeaders): string {
  const found = typeof traceparent === "string" ? TRACEPARENT.exec(traceparent) : null;
  const traceId = found?.[1] ?? found?.[3];
  const spanId = found?.[2] ?? found?.[4];
  const isKnown = traceId !== undefined && /[^0]/.test(traceId) && spanId !== undefined && /[^0]/.test(spanId);
  return isKnown ? traceId : randomBytes(16).toString("hex");
}
