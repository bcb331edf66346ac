/**
 * Ids of calls and traces (W3C), made of numbers when they are sent: what a call costs has no room for making texts. A
 * call's id is a random number of 64 bits, chosen once, plus the call's own number: never the same twice here, and
 * elsewhere as unlikely as with ids that are random one by one.
 */
export interface SpanIds {
  /** 16 hex digits. */
  span(serial: number): string;
  /** 32 hex digits, of the trace that the call began. */
  trace(rootSerial: number): string;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const TWO_32 = 2 ** 32;

/** @param randomId 32 random hex digits; asked for one when the first id is made */
export function createSpanIds(randomId: () => string): SpanIds {
  let tracePrefix = "";
  let high = 0;
  let low = 0;
  let shownHigh = -1;
  let highText = "";

  function choose(): void {
    const seed = randomId();
    tracePrefix = notZero(seed.slice(0, 16));
    high = Number.parseInt(seed.slice(16, 24), 16) || 1;
    low = Number.parseInt(seed.slice(24, 32), 16) || 0;
  }

  function span(serial: number): string {
    if (high === 0) choose();
    const sum = low + serial;
    const carried = sum < TWO_32 ? high : (high + Math.floor(sum / TWO_32)) % TWO_32 || 1;
    if (carried !== shownHigh) {
      shownHigh = carried;
      highText = hex(carried);
    }
    return highText + hex(sum % TWO_32);
  }

  return {
    span,
    trace(rootSerial) {
      const id = span(rootSerial);
      return tracePrefix + id;
    },
  };
}

function hex(word: number): string {
  return (
    (HEX[word >>> 24] as string) +
    (HEX[(word >>> 16) & 255] as string) +
    (HEX[(word >>> 8) & 255] as string) +
    (HEX[word & 255] as string)
  );
}

function notZero(digits: string): string {
  return /^0*$/.test(digits) ? "1".padStart(16, "0") : digits;
}
