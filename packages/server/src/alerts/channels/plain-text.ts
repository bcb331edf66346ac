/** Control characters, and those that turn the direction of what follows: they make text look like what it is not. */
const UNSEEN = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/gu;

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
