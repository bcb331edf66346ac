const UNIT_SEC: Readonly<Record<string, number>> = { s: 1, sec: 1, min: 60, h: 3_600 };
const RATE = /^(\d{1,7}(?:\.\d{1,3})?)\/(s|sec|min|h)$/;
/** Slower or faster is no limit that anybody sets. */
const [LEAST, MOST] = [1 / 86_400, 1e6];

/**
 * How many pieces of work a second a job may begin, as it says: `30/min`, `2/s`, `1000/h`, or a number, which is a
 * minute's; null for anything else.
 */
export function declaredRateOf(value: unknown): number | null {
  if (typeof value === "number") return within(value / 60);
  if (typeof value !== "string") return null;
  const [, count, unit] = RATE.exec(value) ?? [];
  return count === undefined || unit === undefined ? null : within(Number(count) / (UNIT_SEC[unit] as number));
}

function within(rate: number): number | null {
  return rate >= LEAST && rate <= MOST ? rate : null;
}
