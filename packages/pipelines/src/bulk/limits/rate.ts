import { PlayheadError } from "@playhead/sdk";
import * as z from "zod";

const UNIT_MS = { s: 1_000, sec: 1_000, min: 60_000, h: 3_600_000 } as const;
const RATE = /^(\d{1,7}(?:\.\d{1,3})?)\/(s|sec|min|h)$/;
const EXPECTED = "expected a rate such as 30/min, 2/s or 1000/h";

/** How often something may be done: `30/min`. */
export const rateText = z
  .string()
  .regex(RATE, { error: EXPECTED, abort: true })
  .refine((text) => Number.parseFloat(text) > 0, EXPECTED);

/**
 * Reads a rate.
 *
 * @returns milliseconds from one to the next
 * @throws PlayheadError `validation_error`
 */
export function intervalMsOf(rate: string): number {
  const [, count = "0", unit] = RATE.exec(rate) ?? [];
  const intervalMs = UNIT_MS[unit as keyof typeof UNIT_MS] / Number(count);
  if (Number.isFinite(intervalMs)) return intervalMs;
  throw new PlayheadError("validation_error", `${EXPECTED}, got ${JSON.stringify(rate.slice(0, 40))} (rate)`);
}
