import { PlayheadError } from "./errors.ts";

/** What a sketch consists of. */
export interface SketchBuckets {
  /** Tells each bucket that is not empty, in ascending order: its place, and its count. Place 0 is that of 0. */
  each(visit: (place: number, count: number) => void): void;
}

/** A text begins with this, so that another encoding can be told from it. */
const VERSION = "1";
/** Digits of base 32, the least first; those of the upper half say that another one follows. */
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const DIGIT_OF = new Uint8Array(128).fill(DIGITS.length);
for (let digit = 0; digit < DIGITS.length; digit++) DIGIT_OF[DIGITS.charCodeAt(digit)] = digit;

/** Writes each bucket as two numbers: how many places it lies behind the next possible one, and its count. */
export function encodeBuckets(buckets: SketchBuckets): string {
  let text = VERSION;
  let next = 0;
  buckets.each((place, count) => {
    text += encodeNumber(place - next) + encodeNumber(count);
    next = place + 1;
  });
  return text;
}

/**
 * Tells the buckets of an encoded text.
 * @throws PlayheadError `validation_error` for a text that is none, or has a place beyond `lastPlace`
 */
export function readBuckets(text: string, lastPlace: number, visit: (place: number, count: number) => void): void {
  if (!text.startsWith(VERSION)) throw malformed(text);
  let at = VERSION.length;
  let place = -1;
  // Most numbers have one digit; this is where adding up a year spends its time.
  while (at < text.length) {
    let gap = DIGIT_OF[text.charCodeAt(at)] as number;
    if (gap < 32) at += 1;
    else {
      gap = readLong(text, at);
      at += digitsOf(text, at);
    }
    let count = DIGIT_OF[text.charCodeAt(at)] as number;
    if (count < 32) at += 1;
    else {
      count = readLong(text, at);
      at += digitsOf(text, at);
    }
    place += gap + 1;
    if (place > lastPlace || count === 0) throw malformed(text);
    visit(place, count);
  }
}

function readLong(text: string, from: number): number {
  let value = 0;
  let at = from;
  for (let unit = 1; unit <= Number.MAX_SAFE_INTEGER; unit *= 32) {
    const digit = DIGIT_OF[text.charCodeAt(at++)] ?? DIGITS.length;
    if (digit === DIGITS.length) break;
    value += (digit % 32) * unit;
    if (digit < 32 && value <= Number.MAX_SAFE_INTEGER) return value;
  }
  throw malformed(text);
}

/** Of a number that has been read. */
function digitsOf(text: string, from: number): number {
  let at = from;
  while ((DIGIT_OF[text.charCodeAt(at)] as number) >= 32) at += 1;
  return at - from + 1;
}

function encodeNumber(value: number): string {
  let text = "";
  let rest = value;
  for (; rest >= 32; rest = Math.floor(rest / 32)) text += DIGITS[32 + (rest % 32)];
  return text + DIGITS[rest];
}

function malformed(text: string): PlayheadError {
  const got = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return new PlayheadError("validation_error", `expected an encoded sketch, got "${got}"`);
}
