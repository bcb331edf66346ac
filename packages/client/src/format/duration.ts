const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A span of time in words: `<0.1 s`, `0.4 s`, `12 s`, `3 m 12 s`, `2 h 05 m`, `4 d 6 h`. Negative spans count as none. */
export function formatDuration(ms: number): string {
  const span = Math.max(0, ms);
  // What took some time took more than none.
  if (span > 0 && span < 100) return "<0.1 s";
  if (span < 10_000) return `${(Math.floor(span / 100) / 10).toFixed(1)} s`;
  // Rounded down, as a clock goes: a running time then agrees with its timecode.
  const seconds = Math.floor(span / SECOND);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  const minutes = Math.floor(span / MINUTE);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
  const hours = Math.floor(span / HOUR);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A span of time as a screen reader should say it: `3 minutes 12 seconds`. */
export function speakDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / SECOND));
  if (seconds < 60) return count(seconds, "second");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joined(count(minutes, "minute"), seconds % 60, "second");
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return joined(count(hours, "hour"), minutes % 60, "minute");
  return joined(count(Math.floor(hours / 24), "day"), hours % 24, "hour");
}

/** How long ago something was: `now`, `12 s ago`, `5 min ago`, `3 h ago`, `2 d ago`. */
export function formatAge(ms: number): string {
  if (ms < SECOND) return "now";
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s ago`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ago`;
  return `${Math.floor(ms / DAY)} d ago`;
}

const two = (value: number) => String(value).padStart(2, "0");
const count = (value: number, unit: string) => `${value} ${unit}${value === 1 ? "" : "s"}`;
const joined = (head: string, rest: number, unit: string) => (rest === 0 ? head : `${head} ${count(rest, unit)}`);
