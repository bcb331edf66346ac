/** Says what goes wrong with the monitoring itself. */
export type Warn = (line: string) => void;

export interface WarningsOptions {
  readonly nowMs: () => number;
  readonly write: Warn;
}

/** Least time between two lines, so that a server that refuses everything does not fill the program's own log. */
const QUIET_MS = 10_000;

/** Writes at most a line in 10 s, with how many were left out since the last. Never throws. */
export function createWarnings({ nowMs, write }: WarningsOptions): Warn {
  let lastMs = Number.NEGATIVE_INFINITY;
  let leftOut = 0;
  return (line) => {
    const now = nowMs();
    if (now - lastMs < QUIET_MS) {
      leftOut += 1;
      return;
    }
    lastMs = now;
    const more = leftOut === 0 ? "" : ` (and ${leftOut} more like it before)`;
    leftOut = 0;
    try {
      write(`playhead: ${line}${more}`);
    } catch {
      // There is nobody left to tell.
    }
  };
}

/** Writes a line to stderr. */
export const warnOnStderr: Warn = (line) => {
  process.stderr.write(`${line}\n`);
};
