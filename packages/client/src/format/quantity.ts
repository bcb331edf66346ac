const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** A size in decimal units, three figures at most: `812 B`, `4.2 MB`, `38 MB`. */
export function formatSize(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

/** A percentage as the bar shows it: whole numbers, rounded down, so that 100 is said of what is complete only. */
export function formatPercent(percent: number): string {
  return `${Math.floor(Math.min(100, Math.max(0, percent)))} %`;
}

/** A rate a minute; two figures are enough: `0.4`, `4.2`, `38`, `5,000`. */
export function formatRate(perMinute: number): string {
  return perMinute < 9.95 ? perMinute.toFixed(1) : Math.round(perMinute).toLocaleString("en-US");
}
