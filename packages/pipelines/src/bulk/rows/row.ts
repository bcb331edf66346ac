/** What one video is made of. */
export interface Row {
  /** From 1, as they come; the line of headings does not count. */
  readonly number: number;
  /** Higher ones are made first. @defaultValue 0 */
  readonly priority: number;
  /** Text by column, without the priority. */
  readonly values: ReadonlyMap<string, string>;
}

/** All rows, in their order. */
export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** The column that says what is made first. */
export const PRIORITY_COLUMN = "priority";
export const MAX_ROWS = 100_000;
export const MAX_COLUMNS = 200;
/** Characters of a field: a long narration, but no book. */
export const MAX_FIELD_LENGTH = 64 * 1024;
