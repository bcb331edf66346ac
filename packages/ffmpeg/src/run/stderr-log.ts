import { LOST_FRAME, type LogLine, parseLogLine } from "../diagnose/log-line.ts";
import { createLineReader } from "../system/line-reader.ts";

/** What was kept of a run's stderr. */
export interface StderrReport {
  /** The first error lines, then the last lines of any level, in the order they came. */
  readonly lines: readonly string[];
  readonly warningCount: number;
  readonly errorCount: number;
  /** Packets or frames of the input that could not be decoded. */
  readonly lostFrameCount: number;
  /** CPU time of ffmpeg in seconds, and its largest resident memory, when it came to tell. */
  readonly cpuSec: number | null;
  readonly peakMemoryBytes: number | null;
}

export interface StderrLog {
  push(text: string): void;
  /** The stream is over: what is left without a line break is a line. */
  end(): void;
  report(): StderrReport;
}

const MAX_FIRST_ERRORS = 40;
const MAX_TAIL = 60;
const MAX_LINE = 2_000;

const SECOND_PASS = "Starting second pass";
const CPU = /^bench: utime=([\d.]+)s stime=([\d.]+)s/;
const MEMORY = /^bench: maxrss=(\d+)\s*ki?b/i;

export interface StderrLogOptions {
  /** Called for each line; anything slow belongs elsewhere. */
  readonly onLine?: ((line: LogLine) => void) | undefined;
  /** ffmpeg says that it begins to move an mp4's index to the front. */
  readonly onFinalizing?: (() => void) | undefined;
}

/** Drains stderr in bounded memory, whatever comes: a damaged input makes hundreds of thousands of lines. */
export function createStderrLog(options: StderrLogOptions = {}): StderrLog {
  let lineNumber = 0;
  const firstErrors: { readonly number: number; readonly line: string }[] = [];
  const tail: string[] = [];
  const counts = { warning: 0, error: 0, lost: 0 };
  let cpuSec: number | null = null;
  let peakMemoryBytes: number | null = null;

  const take = (raw: string) => {
    const line = raw.length > MAX_LINE ? raw.slice(0, MAX_LINE) : raw.trimEnd();
    if (line === "") return;
    lineNumber += 1;
    tail.push(line);
    if (tail.length > MAX_TAIL) tail.shift();
    const parsed = parseLogLine(line);
    if (parsed.level === "info") {
      readInfo(parsed.text);
    } else {
      counts[parsed.level] += 1;
      const isLost = LOST_FRAME.test(parsed.text);
      if (isLost) counts.lost += 1;
      // A thousand lost frames must not push out the line that tells why the run ended.
      const isKept = parsed.level === "error" && (!isLost || counts.lost <= 5) && firstErrors.length < MAX_FIRST_ERRORS;
      if (isKept) firstErrors.push({ number: lineNumber, line });
    }
    options.onLine?.(parsed);
  };

  const readInfo = (text: string) => {
    if (text.startsWith(SECOND_PASS)) options.onFinalizing?.();
    if (!text.startsWith("bench: ")) return;
    const cpu = CPU.exec(text);
    if (cpu !== null) cpuSec = (cpuSec ?? 0) + Number(cpu[1]) + Number(cpu[2]);
    const memory = MEMORY.exec(text);
    if (memory !== null) peakMemoryBytes = Math.max(peakMemoryBytes ?? 0, Number(memory[1]) * 1024);
  };

  const lines = createLineReader(take);
  return {
    push: lines.push,
    end: lines.end,
    report() {
      const tailStart = lineNumber - tail.length;
      const early = firstErrors.filter((e) => e.number <= tailStart).map((e) => e.line);
      return {
        lines: [...early, ...tail],
        warningCount: counts.warning,
        errorCount: counts.error,
        lostFrameCount: counts.lost,
        cpuSec,
        peakMemoryBytes,
      };
    },
  };
}
