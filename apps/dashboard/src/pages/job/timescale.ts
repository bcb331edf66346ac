import { formatTimecode } from "@playhead/client/format";

/** The stretch of time that a timeline shows. Milliseconds since the epoch. */
export interface Timescale {
  readonly startMs: number;
  readonly endMs: number;
}

/** What a timeline has to show. */
export interface TimescaleInput {
  readonly startMs: number;
  /** Null once the job has ended. */
  readonly nowMs: number | null;
  readonly endedMs: number | null;
  /** The upper end of the time that is left; null while nothing is known. */
  readonly etaHighMs: number | null;
}

export interface Tick {
  readonly atMs: number;
  /** 0..1 of the timescale. */
  readonly at: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Lengths at which a running job's timeline may stand, so that it rests between changes and does not creep. */
const LENGTHS_MS = [
  15, 20, 30, 45, 60, 80, 100, 120, 150, 180, 240, 300, 360, 480, 600, 750, 900, 1_200, 1_500, 1_800, 2_400, 3_000,
  3_600,
].map((sec) => sec * SECOND);
/** Beyond an hour it grows by a quarter at a time. */
const GROWTH = 1.25;
/** What has happened takes at least this share of the picture, however long the rest may take. */
const LEAST_PAST_SHARE = 0.3;
/** Room to the right of now, when nothing is known of what comes. */
const UNKNOWN_AHEAD_SHARE = 0.25;
/** A shorter picture has to be this much shorter before it is worth changing to. */
const SHRINK_AT = 0.7;

/** The timescale for what there is to show: stays as it was while that fits well. */
export function nextTimescale(
  previous: Timescale | null,
  { startMs, nowMs, endedMs, etaHighMs }: TimescaleInput,
): Timescale {
  if (endedMs !== null || nowMs === null) {
    const lengthMs = Math.max(SECOND, (endedMs ?? startMs) - startMs);
    // A little air, so that the mark at the end of the last track is seen.
    return keep(previous, { startMs, endMs: startMs + lengthMs * 1.02 });
  }
  const pastMs = Math.max(0, nowMs - startMs);
  const aheadMs =
    etaHighMs === null ? pastMs * UNKNOWN_AHEAD_SHARE : Math.min(etaHighMs, pastMs * (1 / LEAST_PAST_SHARE - 1));
  const neededMs = (pastMs + Math.max(aheadMs, pastMs * 0.04)) * 1.03;
  const wanted = { startMs, endMs: startMs + niceLengthMs(neededMs) };
  if (previous === null || previous.startMs !== startMs) return wanted;
  const heldMs = previous.endMs - startMs;
  const fits = neededMs <= heldMs && wanted.endMs - startMs >= heldMs * SHRINK_AT;
  return fits ? previous : keep(previous, wanted);
}

function keep(previous: Timescale | null, next: Timescale): Timescale {
  return previous !== null && previous.startMs === next.startMs && previous.endMs === next.endMs ? previous : next;
}

function niceLengthMs(neededMs: number): number {
  const listed = LENGTHS_MS.find((lengthMs) => lengthMs >= neededMs);
  if (listed !== undefined) return listed;
  let lengthMs = HOUR;
  while (lengthMs < neededMs) lengthMs *= GROWTH;
  return lengthMs;
}

/** Where a moment stands, 0..1; moments outside stand at the nearer end. */
export function positionOnScale({ startMs, endMs }: Timescale, atMs: number): number {
  return Math.min(1, Math.max(0, (atMs - startMs) / (endMs - startMs)));
}

/** @returns whether a moment is to be seen. */
export function isOnScale({ startMs, endMs }: Timescale, atMs: number): boolean {
  return atMs >= startMs && atMs <= endMs;
}

const TICK_STEPS_MS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400].map(
    (sec) => sec * SECOND,
  ),
];
/** Labels closer than this run into each other. */
const LEAST_TICK_PX = 92;

/** The ticks of an axis. */
export interface Ticks {
  readonly ticks: readonly Tick[];
  readonly stepMs: number;
}

/**
 * The moments that are named on the axis: round ones, as many as there is room for.
 *
 * @param originMs where timecode begins: ticks are round from there
 */
export function ticksOf(scale: Timescale, widthPx: number, originMs: number): Ticks {
  const lengthMs = scale.endMs - scale.startMs;
  const leastMs = (lengthMs * LEAST_TICK_PX) / Math.max(1, widthPx);
  const stepMs = TICK_STEPS_MS.find((each) => each >= leastMs) ?? Math.ceil(leastMs / (24 * HOUR)) * 24 * HOUR;
  const ticks: Tick[] = [];
  const firstMs = originMs + Math.ceil((scale.startMs - originMs) / stepMs) * stepMs;
  for (let atMs = firstMs; atMs < scale.endMs; atMs += stepMs) {
    ticks.push({ atMs, at: (atMs - scale.startMs) / lengthMs });
  }
  return { ticks, stepMs };
}

/** A tick's name: its timecode, down to milliseconds where ticks stand that close. */
export function formatTick(offsetMs: number, stepMs: number): string {
  const timecode = formatTimecode(offsetMs);
  if (stepMs >= SECOND) return timecode;
  // Hours and minutes are those of the ticks beside it.
  return `${timecode.slice(-5)}.${String(Math.round(offsetMs) % SECOND).padStart(3, "0")}`;
}
