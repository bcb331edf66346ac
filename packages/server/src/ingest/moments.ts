/**
 * Times as text and as milliseconds. Many records, and all that is said in a batch, share a moment, and reading or
 * writing its text costs more than much of the rest of a record.
 */
export function createMoments() {
  let textMs = Number.NaN;
  let text = "";
  let readText = "";
  let readMs = Number.NaN;
  return {
    /** ISO 8601, UTC, milliseconds. */
    textOf(ms: number): string {
      if (ms !== textMs) {
        textMs = ms;
        text = new Date(ms).toISOString();
      }
      return text;
    },
    /** Milliseconds UTC; NaN for what is no time. */
    msOf(iso: string): number {
      if (iso !== readText) {
        readText = iso;
        readMs = Date.parse(iso);
      }
      return readMs;
    },
  };
}
