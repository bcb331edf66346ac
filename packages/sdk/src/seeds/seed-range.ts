import { PlayheadError } from "@playhead/core";

/** A moment: a date, ISO 8601, or milliseconds since 1970. */
export type SeedTime = Date | string | number;

/** From a moment on, before another. */
export interface SeedRange {
  readonly from?: SeedTime;
  readonly to?: SeedTime;
}

/** A range as the server is asked for it. @throws PlayheadError `validation_error` for what is no time */
export function rangeQuery({ from, to }: SeedRange = {}): { readonly from?: string; readonly to?: string } {
  return {
    ...(from !== undefined && { from: isoOf("from", from) }),
    ...(to !== undefined && { to: isoOf("to", to) }),
  };
}

function isoOf(name: string, time: SeedTime): string {
  const date = new Date(time);
  if (!Number.isNaN(date.getTime())) return date.toISOString();
  throw new PlayheadError("validation_error", `expected ${name} to be a time, got ${JSON.stringify(time)}`);
}
