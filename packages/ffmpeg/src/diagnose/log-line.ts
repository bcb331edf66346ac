/** ffmpeg's levels; `info` stands for it and all that is less. */
export type LogLevel = "error" | "warning" | "info";

/** One line of ffmpeg's stderr, taken apart. */
export interface LogLine {
  readonly level: LogLevel;
  /** Who wrote it (`h264`, `mov,mp4,m4a,3gp,3g2,mj2`, `out#0/mp4`); null for ffmpeg itself. */
  readonly component: string | null;
  readonly text: string;
}

/** `[h264 @ 0x55d7c0] [error] text`, with any number of components before the level. */
const LINE = /^((?:\[[^[\]]+ @ 0x[0-9a-f]+\] )*)\[(\w+)\] (.*)$/;
const LAST_COMPONENT = /\[([^[\]]+) @ 0x[0-9a-f]+\] $/;

const LEVELS: Readonly<Record<string, LogLevel>> = {
  panic: "error",
  fatal: "error",
  error: "error",
  warning: "warning",
};

/** Reads a line written with `-loglevel level`; one without a level (a crash message) counts as `info`. */
export function parseLogLine(line: string): LogLine {
  const match = LINE.exec(line);
  if (match === null) return { level: "info", component: null, text: line };
  const [, components = "", level = "", text = ""] = match;
  return { level: LEVELS[level] ?? "info", component: LAST_COMPONENT.exec(components)?.[1] ?? null, text };
}

/**
 * Damage in the input, as decoders tell it: not what ended a run, and often followed by its true cause. A line for each
 * packet or frame that was lost.
 */
export const LOST_FRAME =
  /^Error while decoding stream|: corrupt decoded frame in stream|^Error submitting packet to decoder/;
