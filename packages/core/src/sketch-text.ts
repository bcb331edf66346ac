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

/** Stands between encoded texts that are read as one; none of them has it. */
const TEXT_END = " ";

/**
 * Adds what encoded texts hold, which stand one after the other with spaces between them, to counts by place. As
 * {@link readBuckets} of each, in half the time: there is nobody to visit. Of one that is damaged it adds what comes before
 * the damage.
 */
export function addEncoded(texts: string, counts: Float64Array): void {
  for (let at = 0; at < texts.length; ) {
    const space = texts.indexOf(TEXT_END, at);
    const end = space < 0 ? texts.length : space;
    if (texts.startsWith(VERSION, at)) addPairs(texts, at + VERSION.length, end, counts);
    at = end + 1;
  }
}

function addPairs(texts: string, from: number, end: number, counts: Float64Array): void {
  let at = from;
  let place = -1;
  while (at < end) {
    let gap = DIGIT_OF[texts.charCodeAt(at)] as number;
    if (gap < 32) at += 1;
    else {
      gap = tryLong(texts, at);
      if (gap < 0) return;
      at += digitsOf(texts, at);
    }
    let count = DIGIT_OF[texts.charCodeAt(at)] as number;
    if (count < 32) at += 1;
    else {
      count = tryLong(texts, at);
      if (count < 0) return;
      at += digitsOf(texts, at);
    }
    place += gap + 1;
    if (place >= counts.length || count === 0) return;
    counts[place] = (counts[place] as number) + count;
  }
}

/** @throws PlayheadError `validation_error` */
function readLong(text: string, from: number): number {
  const value = tryLong(text, from);
  if (value < 0) throw malformed(text);
  return value;
}

/** The number that begins there; -1 where none does. */
function tryLong(text: string, from: number): number {
  let value = 0;
  let at = from;
  for (let unit = 1; unit <= Number.MAX_SAFE_INTEGER; unit *= 32) {
    const digit = DIGIT_OF[text.charCodeAt(at++)] ?? DIGITS.length;
    if (digit === DIGITS.length) break;
    value += (digit % 32) * unit;
    if (digit < 32 && value <= Number.MAX_SAFE_INTEGER) return value;
  }
  return -1;
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
