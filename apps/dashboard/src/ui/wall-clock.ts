import { dateFormat } from "./date-format.ts";

/** What the clocks of a zone show at a moment. */
export interface WallClock {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const formatOf = dateFormat("en-CA", {
  hourCycle: "h23",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
});

/** What the clocks of a zone show at a moment. */
export function wallClock(atMs: number, timeZone: string): WallClock {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(atMs)) parts[type] = Number(value);
  return parts as unknown as WallClock;
}

/**
 * The moment at which the clocks of a zone show a time, given as `2026-11-21T14:20`; null for what is no time. Where they
 * show it twice, as in autumn, the first; where they jump over it, as in spring, as long after the jump as it was meant to be.
 */
export function momentOf(wall: string, timeZone: string): number | null {
  const asUtcMs = Date.parse(`${wall}Z`);
  if (Number.isNaN(asUtcMs)) return null;
  // A day around it there are the offsets before and after any jump.
  const offsets = [asUtcMs - DAY_MS, asUtcMs + DAY_MS].map((atMs) => offsetMs(atMs, timeZone));
  const fits = offsets.map((offset) => asUtcMs - offset).filter((atMs) => atMs + offsetMs(atMs, timeZone) === asUtcMs);
  return fits.length === 0 ? asUtcMs - (offsets[0] ?? 0) : Math.min(...fits);
}

/** A moment as `datetime-local` fields hold it: `2026-11-21T14:20`. */
export function wallText(atMs: number, timeZone: string): string {
  return new Date(atMs + offsetMs(atMs, timeZone)).toISOString().slice(0, 16);
}

const DAY_MS = 86_400_000;

/** How far the clocks of a zone are ahead of UTC. */
function offsetMs(atMs: number, timeZone: string): number {
  const { year, month, day, hour, minute, second } = wallClock(atMs, timeZone);
  const wholeSecondMs = Math.floor(atMs / 1_000) * 1_000;
  return Date.UTC(year, month - 1, day, hour, minute, second) - wholeSecondMs;
}
