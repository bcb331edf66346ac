import type uPlot from "uplot";
import type { ChartMark } from "./chart-series.ts";
import type { Palette } from "./palette.ts";

const GAP_PX = 6;

/** Draws what happened: a line at each moment, and its name where it fits beside the one before. */
export function drawMarks(plot: uPlot, marks: readonly ChartMark[], palette: Palette, font: string): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = font;
  ctx.textBaseline = "top";
  // The axes leave theirs.
  ctx.textAlign = "left";
  ctx.lineWidth = ratio;
  let freeFrom = bbox.left;
  for (const { atMs, label, tone } of marks.toSorted((a, b) => a.atMs - b.atMs)) {
    const x = plot.valToPos(atMs, "x", true);
    if (!(x >= bbox.left && x <= bbox.left + bbox.width)) continue;
    ctx.strokeStyle = palette.lines[tone];
    ctx.fillStyle = palette.lines[tone];
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(Math.round(x), bbox.top);
    ctx.lineTo(Math.round(x), bbox.top + bbox.height);
    ctx.stroke();
    const width = ctx.measureText(label).width;
    const right = x + GAP_PX * ratio + width;
    // At the right end there is more room on the left.
    const start = right > bbox.left + bbox.width ? x - GAP_PX * ratio - width : x + GAP_PX * ratio;
    if (start < freeFrom) continue;
    ctx.fillText(label, start, bbox.top);
    freeFrom = start + width + GAP_PX * ratio;
  }
  ctx.restore();
}
