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

/** The last three digits of an id change most: they are texts that are there already. */
const TAILS = Array.from({ length: 4_096 }, (_, number) => number.toString(16).padStart(3, "0"));
/** The twelve bits of a tail: right of any whole number, while a remainder would be divided for at each call. */
const LAST_TAIL = TAILS.length - 1;
const TWO_32 = 2 ** 32;

/** @param randomId 32 random hex digits; asked for one when the first id is made */
export function createSpanIds(randomId: () => string): SpanIds {
  let tracePrefix = "";
  let high = 0;
  let low = 0;
  /** The part of the seed that the tail begins with: what is added to it stays small, and so quick. */
  let lowTail = 0;
  let shownHead = -1;
  let head = "";

  function choose(): void {
    const seed = randomId();
    tracePrefix = notZero(seed.slice(0, 16));
    high = Number.parseInt(seed.slice(16, 24), 16) || 1;
    low = Number.parseInt(seed.slice(24, 32), 16) || 0;
    lowTail = low & LAST_TAIL;
  }

  /** The first thirteen digits, which thousands of ids in a row share. */
  function makeHead(sum: number): void {
    const carried = (high + Math.floor(sum / TWO_32)) % TWO_32 || 1;
    head = hex(carried) + hex(sum % TWO_32).slice(0, 5);
  }

  function span(serial: number): string {
    if (high === 0) choose();
    const offset = lowTail + serial;
    const tail = offset & LAST_TAIL;
    const start = offset - tail;
    if (start !== shownHead) {
      shownHead = start;
      makeHead(low + serial);
    }
    return head + (TAILS[tail] as string);
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
  return word.toString(16).padStart(8, "0");
}

function notZero(digits: string): string {
  return /^0*$/.test(digits) ? "1".padStart(16, "0") : digits;
}
