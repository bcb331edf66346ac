import { formatSize } from "@playhead/client/format";
import type { ErrorDetails, JsonObject, JsonValue, LogEntry } from "@playhead/core";
import { formatCallTime } from "../../../ui/call-time.ts";

export { formatCallTime };

/** A call in words, for screen readers; its name stands before it. */
export function speakCall(call: LogEntry, tookMs: number): string {
  if (call.event_type === "start") return `runs for ${formatCallTime(tookMs)}`;
  return `${call.event_type === "error" ? "failed after" : "took"} ${formatCallTime(tookMs)}`;
}

/** An error and what caused it, a line each, the nearest first. */
export function errorLines(error: ErrorDetails): readonly string[] {
  const line = ({ class: name, message, code }: ErrorDetails) =>
    `${name}${code === undefined ? "" : ` ${code}`}: ${message}`;
  const causes = (error.causes ?? []).map((cause) => `because of ${line(cause)}`);
  const parts = (error.errors ?? []).map((part) => `with ${line(part)}`);
  return [line(error), ...causes, ...parts];
}

/** A value of a parameter as it is read best: text as it is, the rest as JSON. */
export function spellValue(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
}

const COSTS = ["cpu_ms", "memory_start_bytes", "memory_end_bytes", "memory_peak_bytes", "event_loop_delay_ms"];

/** What the process spent while a call ran, as far as it was measured. */
export function costWords({ cpu_ms, memory_peak_bytes, event_loop_delay_ms }: JsonObject): readonly string[] {
  return [
    typeof cpu_ms === "number" ? `${formatCallTime(cpu_ms)} of processor time` : null,
    typeof memory_peak_bytes === "number" ? `${formatSize(memory_peak_bytes)} at most` : null,
    typeof event_loop_delay_ms === "number" ? `event loop up to ${formatCallTime(event_loop_delay_ms)} late` : null,
  ].filter((words) => words !== null);
}

/** What was attached to a call, without what it cost. */
export function withoutCost(metadata: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => !COSTS.includes(name)));
}
