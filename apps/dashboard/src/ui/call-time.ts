import { formatDuration } from "@playhead/client/format";

/** How long a call took, as exactly as it matters: `0.4 ms`, `38 ms`, `1.2 s`. */
export function formatCallTime(ms: number): string {
  if (ms >= 1_000) return formatDuration(ms);
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
