/**
 * PostgreSQL keeps any text but one with a NUL in it. So that a line of a log comes back as it was written, a NUL is kept
 * as a mark and a digit; and the mark, a character for private use that nobody types, as two of it.
 */
const MARK = "\uE001";
const TO_MARK = /[\0\uE001]/g;
const MARKED = /\uE001([0\uE001])/g;

/** A text as a column takes it. */
export function columnText(text: string): string {
  if (!text.includes("\0") && !text.includes(MARK)) return text;
  return text.replace(TO_MARK, (each) => MARK + (each === MARK ? MARK : "0"));
}

/** What {@link columnText} was given. */
export function textOfColumn(column: string): string {
  return column.includes(MARK) ? column.replace(MARKED, (_, each) => (each === MARK ? MARK : "\0")) : column;
}
