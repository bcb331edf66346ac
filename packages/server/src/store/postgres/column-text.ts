const ESCAPE = "\u0001";

/**
 * A text as a column of PostgreSQL's can hold it, which is any but one with a NUL: that is written as two others, so
 * that different texts stay different. JSON has no need of it: there a NUL is spelled out.
 */
export function columnText(text: string): string {
  if (!text.includes("\0") && !text.includes(ESCAPE)) return text;
  return text.replaceAll(ESCAPE, `${ESCAPE}1`).replaceAll("\0", `${ESCAPE}0`);
}

/** The text that {@link columnText} was given. */
export function textOfColumn(column: string): string {
  return column.includes(ESCAPE) ? column.replaceAll(`${ESCAPE}0`, "\0").replaceAll(`${ESCAPE}1`, ESCAPE) : column;
}

/** The same of what may be missing. */
export function columnTextOrNull(text: string | null): string | null {
  return text === null ? null : columnText(text);
}
