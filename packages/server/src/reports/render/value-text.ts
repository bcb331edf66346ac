import { type ReportFigure, type ReportUnit, reportComparisonText, reportValueText } from "@playhead/core";

/** A value as people read it: `1,204`, `12.5 %`, `+12 %`, `3 m 12 s`, `2026-11-16 06:00`. */
export function valueText(value: string | number | null, unit: ReportUnit, timeZone: string): string {
  return reportValueText(value, unit, (iso) => timeText(iso, timeZone));
}

const two = (value: number) => String(value).padStart(2, "0");

const zoned = (iso: string, timeZone: string) => Temporal.Instant.from(iso).toZonedDateTimeISO(timeZone);

/** A moment as a zone's clocks show it: `2026-11-16 06:00`. */
export function timeText(iso: string, timeZone: string): string {
  const { hour, minute, ...time } = clockOf(iso, timeZone);
  return `${time.date} ${two(hour)}:${two(minute)}`;
}

function clockOf(iso: string, timeZone: string) {
  const time = zoned(iso, timeZone);
  return { date: time.toPlainDate().toString(), hour: time.hour, minute: time.minute };
}

/** How a span is called on an axis: by its hour, its day or its month. */
export function spanText({ from, to }: { readonly from: string; readonly to: string }, timeZone: string): string {
  const hours = (Date.parse(to) - Date.parse(from)) / 3_600_000;
  const start = zoned(from, timeZone);
  const format = (options: Intl.DateTimeFormatOptions) => start.toPlainDate().toLocaleString("en-GB", options);
  if (hours <= 2) return `${two(start.hour)}:${two(start.minute)}`;
  if (hours > 24 * 8) return format({ month: "short", year: "numeric" });
  return hours > 26
    ? format({ day: "numeric", month: "short" })
    : format({ weekday: "short", day: "numeric" }).replace(",", "");
}

/** How a figure stands to what it was before: `12 % more than 368`. */
export function comparisonText(
  figure: Pick<ReportFigure, "value" | "before" | "change">,
  unit: ReportUnit,
  timeZone: string,
): string {
  return reportComparisonText(figure, unit, (iso) => timeText(iso, timeZone));
}
