/** Control characters, and those that turn the direction of what follows: they make text look like what it is not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const UNSEEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** @returns text of several lines, without control characters, of at most so many UTF-16 units */
export function manyLines(text: string, max: number): string {
  // What is far too long is cut before it is looked at.
  const near = text.slice(0, max * 4).toWellFormed();
  return cut(near.replace(/\r\n?/g, "\n").replace(UNSEEN, " ").trim(), max);
}

/** The same in one line. */
export function oneLine(text: string, max: number): string {
  return cut(manyLines(text, max * 2).replace(/\s+/g, " "), max);
}

/** Ends a text that is too long with `…`, never within a character. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const kept = text.slice(0, Math.max(0, max - 1));
  return `${/[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}
