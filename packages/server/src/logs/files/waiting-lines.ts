/** Lines that wait for a file to take them: so many bytes, and no more. What comes beyond is counted and let go. */
export interface WaitingLines {
  /** Whole lines. @returns whether there was room for them */
  add(lines: Buffer): boolean;
  /** The oldest that wait; null when none do. */
  first(): Buffer | null;
  /** So many bytes of the oldest are in the file. */
  took(bytes: number): void;
  readonly bytes: number;
  /** How many lines were let go. */
  readonly dropped: number;
  /** Lets go of all that wait. */
  giveUp(): void;
}

const NEWLINE = 0x0a;

/** Nothing waits yet. */
export function createWaitingLines(maxBytes: number): WaitingLines {
  let groups: Buffer[] = [];
  let bytes = 0;
  let dropped = 0;
  return {
    add(lines) {
      // What came first stays: it is nearer to what went wrong.
      if (bytes > 0 && bytes + lines.length > maxBytes) {
        dropped += countLines(lines);
        return false;
      }
      groups.push(lines);
      bytes += lines.length;
      return true;
    },
    first: () => groups[0] ?? null,
    took(count) {
      const first = groups[0];
      if (first === undefined) return;
      bytes -= count;
      if (count >= first.length) groups.shift();
      else groups[0] = first.subarray(count);
    },
    get bytes() {
      return bytes;
    },
    get dropped() {
      return dropped;
    },
    giveUp() {
      for (const group of groups) dropped += countLines(group);
      groups = [];
      bytes = 0;
    },
  };
}

/** How many lines there are, each with its end. */
export function countLines(lines: Buffer): number {
  let count = 0;
  for (let at = lines.indexOf(NEWLINE); at >= 0; at = lines.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}
