import type { Comparison } from "./performance-api.ts";

/** Below this nobody notices, however sure it is. */
const NOTICED = 0.05;
/** Below this it may be more than chance. */
const MAYBE = 0.05;

/** A change in words: `+18 %`, `−12 %`, `3.2 ×` where it more than doubled; a dash where there is none to tell. */
export function changeWord(change: number | null): string {
  if (change === null) return "–";
  if (change >= 1) return `${(1 + change).toFixed(1)} ×`;
  const percent = Math.round(Math.abs(change) * 100);
  return percent === 0 ? "0 %" : `${change > 0 ? "+" : "−"}${percent} %`;
}

/** How sure it is that something changed, and not that it came so by chance. */
export function sureWord(pValue: number | null): string {
  if (pValue === null) return "too few calls";
  if (pValue < 0.001) return "very sure";
  if (pValue < 0.01) return "sure";
  return pValue < MAYBE ? "maybe" : "may be chance";
}

/** What to make of a change: only what is sure and large enough to be noticed is one. */
export function verdictOf({ average_change, is_significant }: Comparison): "slower" | "faster" | "same" {
  if (!is_significant || average_change === null || Math.abs(average_change) < NOTICED) return "same";
  return average_change > 0 ? "slower" : "faster";
}

/** Whether something is large enough to be noticed, and may be more than chance, though nobody should count on it. */
export function mayHaveChanged({ average_change, p_value, is_significant }: Comparison): boolean {
  if (is_significant || average_change === null || p_value === null) return false;
  return Math.abs(average_change) >= NOTICED && p_value < MAYBE;
}

/** By how much the calls of a comparison took longer in all than they would have before, in milliseconds. */
export function addedMs({ before, after }: Comparison): number {
  return before === null || after === null ? 0 : (after.average_ms - before.average_ms) * after.count;
}

/** A change as the rest of a sentence: `is 18 % slower than the week before`, `takes 2.5 times as long as the week before`. */
export function changeSentence(change: number, before: string, isSure = true): string {
  if (change >= 1) return `${isSure ? "takes" : "may take"} ${(1 + change).toFixed(1)} times as long as ${before}`;
  return `${isSure ? "is" : "may be"} ${Math.round(Math.abs(change) * 100)} % ${change > 0 ? "slower" : "faster"} than ${before}`;
}
