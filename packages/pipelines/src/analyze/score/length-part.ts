import { secondsWords } from "../../media/words.ts";
import type { ScorePart } from "./score.ts";

/** What people watch to the end is neither over before it began, nor long. */
const FULL_FROM_SEC = 8;
const FULL_TO_SEC = 180;

/** How fit its length is for being watched as a clip. */
export function lengthPart(durationSec: number): ScorePart {
  const value = Math.max(0, Math.min(1, durationSec / FULL_FROM_SEC, FULL_TO_SEC / Math.max(durationSec, 1e-3)));
  const told = durationSec < FULL_FROM_SEC ? "short" : durationSec > FULL_TO_SEC ? "long" : "of a good length";
  return { part: "length", value, reason: `${told}: ${secondsWords(durationSec)}` };
}
