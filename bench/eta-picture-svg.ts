/** A job as it is drawn. */
export interface DrawnJob {
  readonly title: string;
  /** What it took. */
  readonly endSec: number;
  readonly told: readonly ToldThen[];
}

/** What was told at a moment: seconds since the job began, and seconds from then on. */
export interface ToldThen {
  readonly atSec: number;
  readonly leftSec: number;
  readonly lowSec: number;
  readonly highSec: number;
}

const PANEL = { width: 150, height: 150, apart: 22 };
const MARGIN = { left: 40, top: 44, right: 12, bottom: 58 };
const INK = "#1f2937";
const FAINT = "#9ca3af";
const FORECAST = "#2563eb";
const TRUTH = "#111827";
/** More than so many times what it took is cut off. */
const MOST = 1.6;

/** One panel a job: the seconds that are left over the seconds that are gone, as they were told and as they came to be. */
export function drawForecasts(jobs: readonly DrawnJob[]): string {
  const width = MARGIN.left + jobs.length * (PANEL.width + PANEL.apart) - PANEL.apart + MARGIN.right;
  const height = MARGIN.top + PANEL.height + MARGIN.bottom;
  const panels = jobs.map((job, at) => panelOf(job, at, MARGIN.left + at * (PANEL.width + PANEL.apart)));
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="10" fill="${INK}">`,
    "<title>Five runs: the time that was told to be left, with its range, beside the time that was left</title>",
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...panels,
    legend(height - 14),
    "</svg>",
  ].join("\n")}\n`;
}

function panelOf({ title, endSec, told }: DrawnJob, number: number, left: number): string {
  const bottom = MARGIN.top + PANEL.height;
  const mostSec = endSec * MOST;
  const x = (sec: number) => fixed(left + (Math.min(sec, endSec) / endSec) * PANEL.width);
  const y = (sec: number) => fixed(bottom - (Math.min(sec, mostSec) / mostSec) * PANEL.height);
  const point = (atSec: number, sec: number) => `${x(atSec)},${y(sec)}`;
  const upper = told.map(({ atSec, highSec }) => point(atSec, highSec));
  const lower = told.toReversed().map(({ atSec, lowSec }) => point(atSec, lowSec));
  const line = told.map(({ atSec, leftSec }) => point(atSec, leftSec));
  const half = endSec / 2;
  return [
    `<text x="${left}" y="16" font-weight="600">${number + 1}. ${title}</text>`,
    `<text x="${left}" y="30" fill="${FAINT}">took ${Math.round(endSec)} s</text>`,
    `<path d="M${left},${MARGIN.top}V${bottom}H${left + PANEL.width}" fill="none" stroke="${FAINT}"/>`,
    ...[half, endSec].map(
      (sec) => `<text x="${left - 4}" y="${y(sec)}" dy="3" text-anchor="end" fill="${FAINT}">${Math.round(sec)}</text>`,
    ),
    ...[half, endSec].map(
      (sec) => `<text x="${x(sec)}" y="${bottom + 13}" text-anchor="middle" fill="${FAINT}">${Math.round(sec)}</text>`,
    ),
    `<polygon points="${[...upper, ...lower].join(" ")}" fill="${FORECAST}" fill-opacity="0.18"/>`,
    `<polyline points="${point(0, endSec)} ${point(endSec, 0)}" fill="none" stroke="${TRUTH}" stroke-dasharray="3 3"/>`,
    `<polyline points="${line.join(" ")}" fill="none" stroke="${FORECAST}" stroke-width="1.8"/>`,
  ].join("\n");
}

function legend(y: number): string {
  const { left } = MARGIN;
  return [
    `<text x="${left}" y="${y - 16}" fill="${FAINT}">seconds left (upward) over seconds since it began</text>`,
    `<path d="M${left},${y - 3}h18" stroke="${FORECAST}" stroke-width="1.8"/><text x="${left + 24}" y="${y}">told</text>`,
    `<rect x="${left + 60}" y="${y - 9}" width="18" height="10" fill="${FORECAST}" fill-opacity="0.18"/><text x="${left + 84}" y="${y}">80 % interval</text>`,
    `<path d="M${left + 170},${y - 3}h18" stroke="${TRUTH}" stroke-dasharray="3 3"/><text x="${left + 194}" y="${y}">truth</text>`,
  ].join("\n");
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}
