/**
 * How long a server that answers with `Retry-After` wants to be left alone: seconds, or until a date.
 *
 * @param nowMs Unix milliseconds
 * @returns milliseconds; null where there is no such header, or it is neither
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  const atMs = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
