/** What a spreadsheet would take for a formula, or for the mark that we put before one. */
const ACTIVE = /^['=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$|^$/;

/**
 * A row as RFC 4180 has it, its line end included. Nothing at all stands for null, `""` for an empty text; objects stand
 * as JSON. A text that a spreadsheet would run as a formula gets a `'` before it, and so does one that begins with `'`:
 * whoever reads the file takes one `'` off the front of a text, and has what was there.
 */
export function csvRow(values: readonly unknown[]): string {
  return `${values.map(cell).join(",")}\r\n`;
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const safe = ACTIVE.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
