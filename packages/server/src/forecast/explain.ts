import type { ForecasterBasis } from "@playhead/core";

const NUMBERS = [
  "no",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
];
/** A pace under this is not worth a word. */
const SLOWER = 1.25;
const FASTER = 0.8;

/**
 * Why one may believe a forecast: "based on 212 clips like these; 3 of 12 items left; two at a time".
 *
 * @param kind what most of the items are
 */
export function explain(basis: ForecasterBasis, kind: string | null): string {
  const { pastItems, ownItems, itemsLeft, itemsTotal, slots, pace } = basis;
  const parts = [groundOf(pastItems, ownItems, kind)];
  if (itemsTotal > 0) parts.push(`${itemsLeft} of ${counted(itemsTotal, "item")} left`);
  if (itemsLeft > 1) parts.push(`${NUMBERS[slots] ?? slots} at a time`);
  if (pace !== null && pace >= SLOWER)
    parts.push(`slower than usual: each takes ${times(pace)} as long as in past jobs`);
  if (pace !== null && pace <= FASTER)
    parts.push(`faster than usual: each takes ${times(pace)} of the time of past jobs`);
  return parts.join("; ");
}

function groundOf(pastItems: number, ownItems: number, kind: string | null): string {
  const word = kind === null || !/^[a-z]+$/.test(kind) || kind === "job" || kind === "other" ? "piece" : kind;
  if (pastItems > 0) return `based on ${counted(pastItems, word)} like ${pastItems === 1 ? "this one" : "these"}`;
  if (ownItems > 0) return `based on the first ${counted(ownItems, word)} of this job; nothing like it has run before`;
  return "nothing like it has run before";
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

function times(ratio: number): string {
  return `${ratio.toFixed(1)} ×`;
}
