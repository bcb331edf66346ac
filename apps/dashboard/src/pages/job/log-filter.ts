import { LOG_LEVELS, type LogLevel, type LogLine } from "@playhead/core";

/** Which lines of a log are shown. */
export interface LogFilter {
  /** This level and what is worse. */
  readonly level: LogLevel;
  readonly text: string;
}

/** The lines that a filter lets through, in order; the same array when it lets all through. */
export function filterLines(lines: readonly LogLine[], { level, text }: LogFilter): readonly LogLine[] {
  const least = LOG_LEVELS.indexOf(level);
  const wanted = text.trim().toLowerCase();
  if (least === 0 && wanted === "") return lines;
  return lines.filter(
    (line) =>
      LOG_LEVELS.indexOf(line.level) >= least &&
      (wanted === "" ||
        line.message.toLowerCase().includes(wanted) ||
        (line.task_id?.toLowerCase().includes(wanted) ?? false)),
  );
}

/** The plain values of a line's fields, for reading: `exit_code 1, fps 29.97`. */
export function spellFields({ fields }: Pick<LogLine, "fields">): string {
  return Object.entries(fields)
    .filter(([, value]) => typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}
