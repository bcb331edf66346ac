/** One block of `-progress`; null wherever ffmpeg said `N/A`, nothing, or nonsense. */
export interface ProgressBlock {
  readonly frame: number | null;
  /** ffmpeg's own figures, averaged since it started and wrong after a pause: see the tracker for ours. */
  readonly reportedFps: number | null;
  readonly reportedSpeedRatio: number | null;
  /** Media time written so far, in seconds. */
  readonly outTimeSec: number | null;
  readonly sizeBytes: number | null;
  readonly duplicatedFrames: number | null;
  readonly droppedFrames: number | null;
  /** Whether ffmpeg calls this the last block. It is no sign of success. */
  readonly isEnd: boolean;
}

export interface ProgressParser {
  /** Takes the next piece of text, cut anywhere, and returns the blocks that it completed. */
  push(text: string): readonly ProgressBlock[];
}

/** What goes on without a line break for longer than this is not ffmpeg's. */
const MAX_PENDING = 4096;

/** No media is ten years long: what claims to be is an overflow. */
const MAX_MICROSECONDS = 10 * 366 * 86_400 * 1e6;

const NUMBER = /^\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** Reads ffmpeg's progress, line by line and strictly: what it does not know it leaves out, and it never throws. */
export function createProgressParser(): ProgressParser {
  let pending = "";
  let fields = new Map<string, string>();

  return {
    push(text) {
      pending += text;
      const blocks: ProgressBlock[] = [];
      let from = 0;
      for (let end = pending.indexOf("\n"); end !== -1; end = pending.indexOf("\n", from)) {
        const line = pending.slice(from, end);
        from = end + 1;
        const equals = line.indexOf("=");
        if (equals <= 0) continue;
        const key = line.slice(0, equals);
        const value = line.slice(equals + 1).trim();
        if (key !== "progress") {
          fields.set(key, value);
        } else if (value === "continue" || value === "end") {
          blocks.push(blockOf(fields, value === "end"));
          fields = new Map();
        }
      }
      pending = pending.slice(from);
      if (pending.length > MAX_PENDING) pending = pending.slice(-MAX_PENDING);
      return blocks;
    },
  };
}

function blockOf(fields: ReadonlyMap<string, string>, isEnd: boolean): ProgressBlock {
  return {
    frame: countOf(fields.get("frame")),
    reportedFps: numberOf(fields.get("fps")),
    reportedSpeedRatio: numberOf(fields.get("speed")?.replace(/x$/, "")),
    // `out_time_ms` is in microseconds as well: a mistake that ffmpeg keeps for those who rely on it.
    outTimeSec: secondsOf(fields.get("out_time_us") ?? fields.get("out_time_ms")),
    sizeBytes: countOf(fields.get("total_size")),
    duplicatedFrames: countOf(fields.get("dup_frames")),
    droppedFrames: countOf(fields.get("drop_frames")),
    isEnd,
  };
}

function numberOf(value: string | undefined): number | null {
  if (value === undefined || !NUMBER.test(value)) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

function countOf(value: string | undefined): number | null {
  const number = numberOf(value);
  return number !== null && Number.isSafeInteger(number) ? number : null;
}

function secondsOf(value: string | undefined): number | null {
  const microseconds = numberOf(value);
  return microseconds === null || microseconds > MAX_MICROSECONDS ? null : microseconds / 1e6;
}
