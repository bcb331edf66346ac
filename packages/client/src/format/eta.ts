import type { JobProgress } from "@playhead/core";
import { formatClock } from "./timecode.ts";

/** The part of a job's progress that tells how long it still takes. */
export type EtaFields = Pick<JobProgress, "eta_ms" | "eta_low_ms" | "eta_high_ms">;

/** An interval whose ends differ by less than this factor is worth one number. */
const SINGLE_NUMBER_RATIO = 1.35;
/** From this factor on, a number in its middle would promise what nobody knows. */
const RANGE_RATIO = 3;
/** From here on "by" would promise what nobody knows. */
const WIDE_RATIO = 2;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * How long a job still takes: `≈ 3–9 min` early, when nobody knows better; `≈ 4 min (3–6)` while the range matters;
 * `≈ 4 min` when one number is worth it; null when nothing is known.
 */
export function formatEta(fields: EtaFields): string | null {
  const eta = readEta(fields);
  if (eta === null) return null;
  const { unit, kind, low, middle, high } = eta;
  if (kind === "range") return `≈ ${low}–${high} ${unit.name}`;
  return kind === "number" ? `≈ ${middle} ${unit.name}` : `≈ ${middle} ${unit.name} (${low}–${high})`;
}

/** The same as a sentence for a screen reader: `about 4 minutes left, between 3 and 6 minutes`. */
export function speakEta(fields: EtaFields): string | null {
  const eta = readEta(fields);
  if (eta === null) return null;
  const { unit, kind, low, middle, high } = eta;
  const counted = (shown: string) => `${shown} ${unit.spoken}${shown === "1" ? "" : "s"}`;
  if (kind === "range") return `between ${low} and ${counted(high)} left`;
  const about = `about ${counted(middle)} left`;
  return kind === "number" ? about : `${about}, between ${low} and ${counted(high)}`;
}

/** What is to be said of it, in one unit for all three numbers, so that they can be compared at a glance. */
function readEta({ eta_ms, eta_low_ms, eta_high_ms }: EtaFields) {
  if (eta_ms === null) return null;
  const lowMs = eta_low_ms ?? eta_ms;
  const highMs = eta_high_ms ?? eta_ms;
  const unit = unitFor(highMs);
  const [low, middle, high] = [unit.show(lowMs), unit.show(eta_ms), unit.show(highMs)];
  const isNarrow = highMs <= lowMs * SINGLE_NUMBER_RATIO || low === high;
  const kind = isNarrow ? "number" : highMs < lowMs * RANGE_RATIO ? "both" : "range";
  return { unit, kind, low, middle, high } as const;
}

/**
 * When it is done: `by 14:20` with the upper end when the range is narrow, `around 14:20` when it is wide, `between 14:08
 * and 14:40` where a number in its middle would promise too much; null when nothing is known.
 */
export function formatFinish(eta: EtaFields, nowMs: number, timeZone?: string): string | null {
  if (eta.eta_ms === null) return null;
  const zone = timeZone === undefined ? {} : { timeZone };
  const lowMs = eta.eta_low_ms ?? eta.eta_ms;
  const highMs = eta.eta_high_ms ?? eta.eta_ms;
  const clock = (leftMs: number) => formatClock(nowMs + leftMs, zone);
  if (highMs <= lowMs * WIDE_RATIO || highMs - lowMs <= MINUTE) return `by ${clock(highMs)}`;
  return highMs < lowMs * RANGE_RATIO ? `around ${clock(eta.eta_ms)}` : `between ${clock(lowMs)} and ${clock(highMs)}`;
}

interface Unit {
  readonly name: string;
  readonly spoken: string;
  readonly show: (ms: number) => string;
}

/** Rounded as coarsely as an estimate deserves: nobody knows "53 s". */
function unitFor(ms: number): Unit {
  if (ms < 2 * MINUTE) return { name: "s", spoken: "second", show: (each) => String(roundSeconds(each / SECOND)) };
  if (ms < 3 * HOUR) return { name: "min", spoken: "minute", show: (each) => inHalves(each / MINUTE) };
  return { name: "h", spoken: "hour", show: (each) => inHalves(each / HOUR) };
}

/** Below three, half a unit matters. */
function inHalves(value: number): string {
  const rounded = value < 2.75 ? Math.max(0.5, Math.round(value * 2) / 2) : Math.round(value);
  return Number.isInteger(rounded) ? String(rounded) : rounded.toFixed(1);
}

function roundSeconds(seconds: number): number {
  if (seconds < 10) return Math.max(1, Math.round(seconds));
  return Math.round(seconds / 5) * 5;
}
