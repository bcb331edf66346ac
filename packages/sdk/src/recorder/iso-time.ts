let lastMs = Number.NaN;
let last = "";

/** A time as it is sent. Many records share a millisecond, and the text of one costs more than all the rest of a record. */
export function isoTime(ms: number): string {
  const whole = Math.floor(ms);
  if (whole !== lastMs) {
    lastMs = whole;
    last = new Date(whole).toISOString();
  }
  return last;
}
