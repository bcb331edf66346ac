/** As `toISOString` writes a time of our days; hour 24 has no milliseconds but the first. */
const IN_MILLISECONDS = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d\.\d{3}Z$/;
const LENGTH = "2026-01-31T12:00:00.000Z".length;
const Z = "Z".charCodeAt(0);

/**
 * Times as text and as milliseconds. Many records share a second, all that is said in a batch shares a moment, and
 * reading or writing its text costs more than much of the rest of a record.
 */
export function createMoments() {
  let textMs = Number.NaN;
  let text = "";
  /** Up to the seconds' point, and the milliseconds that are its. */
  let readSecond = "no second";
  let secondMs = Number.NaN;

  function readWhole(iso: string): number {
    const ms = Date.parse(iso);
    if (ms >= 0 && IN_MILLISECONDS.test(iso)) {
      readSecond = iso.slice(0, 20);
      secondMs = ms - (ms % 1_000);
    }
    return ms;
  }

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
      if (!iso.startsWith(readSecond) || iso.length !== LENGTH) return readWhole(iso);
      const millis = digit(iso, 20) * 100 + digit(iso, 21) * 10 + digit(iso, 22);
      return iso.charCodeAt(23) === Z ? secondMs + millis : Date.parse(iso);
    },
  };
}

/** The digit at a place, NaN for what is none. */
function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 48;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}
