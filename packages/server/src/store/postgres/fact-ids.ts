const DAY_MS = 86_400_000;
/** Days are counted from then on. */
const FIRST_DAY_MS = Date.UTC(2020, 0, 1);
/** So many ids has a day: 795,000 a second, on 131,072 days, before a number of JavaScript's is too small. */
const IDS_PER_DAY = 2 ** 36;

/** The day (UTC) of a moment, as ids count days. */
export function factDay(ms: number): number {
  return Math.max(0, Math.floor((ms - FIRST_DAY_MS) / DAY_MS));
}

/** The smallest id of a day; that of the day after it is over its largest. */
export function firstIdOf(day: number): number {
  return day * IDS_PER_DAY;
}

export function dayOfId(id: number): number {
  return Math.floor(id / IDS_PER_DAY);
}

/**
 * The id before the next fact's: ids only grow, also when a clock is set back, and each lies in the day of its commit
 * unless it was.
 */
export function lastIdBefore(lastFactId: number, nowMs: number): number {
  return Math.max(lastFactId, firstIdOf(factDay(nowMs)));
}

/** The table of a day's facts, such as `facts_20261122`. */
export function partitionOf(day: number): string {
  const date = new Date(FIRST_DAY_MS + day * DAY_MS).toISOString().slice(0, 10);
  return `facts_${date.replaceAll("-", "")}`;
}

/** The day of such a table. */
export function dayOfPartition(table: string): number {
  const [, year, month, day] = /^facts_(\d{4})(\d\d)(\d\d)$/.exec(table) ?? [];
  return factDay(Date.UTC(Number(year), Number(month) - 1, Number(day)));
}
