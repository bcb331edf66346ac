import type { LogEntry, LogLevel } from "@playhead/core";
import { type Line, padded, span, type Tone } from "../terminal/line.ts";

const TONES: Readonly<Record<LogLevel, Tone>> = {
  debug: "faint",
  info: "plain",
  warning: "waiting",
  error: "bad",
  critical: "bad",
};
const LEVEL_COLUMNS = 8;

/** An entry of the log as a line: when, how bad, who, what, how long, and with what. */
export function renderEntry(entry: LogEntry): Line {
  const { timestamp, level, logger, job_id, function_name: name, message, duration, metadata, event_type } = entry;
  const who = name !== null && event_type !== "log" ? name : logger;
  const what = event_type === "complete" ? "done" : event_type === "start" ? "runs" : message;
  const fields = Object.entries(metadata).map(([key, value]) => `${key}=${shown(value)}`);
  return [
    span(timestamp.replace("T", " ").replace("Z", ""), "faint"),
    span(`  ${padded(level, LEVEL_COLUMNS)} `, TONES[level]),
    span(job_id === null ? who : `${job_id} ${who}`, "faint"),
    span(`  ${what}`),
    ...(duration === null ? [] : [span(`  ${formatMs(duration)}`, "strong")]),
    ...(fields.length === 0 ? [] : [span(`  ${fields.join(" ")}`, "faint")]),
  ];
}

const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

function formatMs(ms: number): string {
  return ms >= 10_000 ? `${(ms / 1_000).toFixed(1)} s` : `${ms.toFixed(ms < 10 ? 2 : 0)} ms`;
}
