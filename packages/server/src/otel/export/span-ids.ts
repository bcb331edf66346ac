import { createHash } from "node:crypto";

/**
 * Ids of spans that nobody gave one: the same each time they are asked for, so that what is exported twice, such as after
 * a crash, is known to be the same.
 */
export function spanIdOf(...parts: readonly string[]): string {
  const digits = createHash("sha256").update(parts.join("\0")).digest("hex");
  return digits.match(/.{16}/g)?.find((id) => /[^0]/.test(id)) ?? "0000000000000001";
}

/** What programs that a job has called take for its span: half of its trace's id, as `traceparent()` of the sdk says it. */
export function originSpanIdOf(traceId: string): string {
  return [traceId.slice(16), traceId.slice(0, 16)].find((digits) => /[^0]/.test(digits)) ?? spanIdOf(traceId);
}
