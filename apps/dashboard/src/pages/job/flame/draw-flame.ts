import type { Timescale } from "../timescale.ts";
import { type FlameLayout, firstEndingAfter } from "./flame-layout.ts";
import type { FlamePalette } from "./flame-palette.ts";

/** How high a row is. */
export const FLAME_ROW_PX = 18;

/** What is drawn, and how. */
export interface FlameDrawing {
  readonly layout: FlameLayout;
  readonly scale: Timescale;
  /** The moment that is shown: what began later is not drawn, and what went on then ends there. */
  readonly nowMs: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** How far it is scrolled down. */
  readonly topPx: number;
  readonly palette: FlamePalette;
  /** What is searched for; empty: nothing, and all is drawn alike. */
  readonly found: ReadonlySet<number>;
  /** -1: none. */
  readonly chosen: number;
}

/** A call narrower than this is drawn together with its neighbours. */
const LEAST_PX = 1;
/** A call has to be so wide before its name fits. */
const NAMED_PX = 36;
const CHARACTER_PX = 6.7;

/** Draws what is to be seen of the calls, and no more of them than there are pixels. */
export function drawFlame(canvas: CanvasRenderingContext2D, drawing: FlameDrawing): void {
  const { layout, scale, widthPx, heightPx, topPx } = drawing;
  canvas.clearRect(0, 0, widthPx, heightPx);
  canvas.font = "11px 'JetBrains Mono Variable', ui-monospace, monospace";
  canvas.textBaseline = "middle";
  const last = Math.min(layout.rows.length - 1, Math.floor((topPx + heightPx) / FLAME_ROW_PX));
  for (let row = Math.floor(topPx / FLAME_ROW_PX); row <= last; row += 1) drawRow(canvas, drawing, row, scale);
}

function drawRow(canvas: CanvasRenderingContext2D, drawing: FlameDrawing, row: number, scale: Timescale): void {
  const { layout, nowMs, widthPx, topPx, palette, found, chosen } = drawing;
  const inRow = layout.rows[row] ?? [];
  const pxPerMs = widthPx / (scale.endMs - scale.startMs);
  const y = row * FLAME_ROW_PX - topPx + 1;
  const height = FLAME_ROW_PX - 2;
  for (let at = firstEndingAfter(layout, row, scale.startMs); at < inRow.length; ) {
    const index = inRow[at] as number;
    const from = ((layout.startMs[index] as number) - scale.startMs) * pxPerMs;
    if (from > widthPx || (layout.startMs[index] as number) > nowMs) return;
    const to = (Math.min(layout.endMs[index] as number, nowMs) - scale.startMs) * pxPerMs;
    const x = Math.max(0, from);
    const width = Math.max(LEAST_PX, Math.min(widthPx, to) - x);
    canvas.globalAlpha = found.size > 0 && !found.has(index) ? 0.25 : 1;
    canvas.fillStyle = palette.colorOf(layout.calls[index]);
    // A hair between neighbours, where there is room for one.
    canvas.fillRect(x, y, width > 3 ? width - 1 : width, height);
    if (index === chosen) {
      canvas.strokeStyle = palette.ink;
      canvas.lineWidth = 2;
      canvas.strokeRect(x + 1, y + 1, Math.max(1, width - 3), height - 2);
    }
    if (width >= NAMED_PX)
      nameCall(canvas, layout.calls[index]?.function_name ?? "", x, y + height / 2, width, palette);
    // Those that end within the same pixel cannot be told apart from this one.
    at =
      width > LEAST_PX
        ? at + 1
        : Math.max(at + 1, firstEndingAfter(layout, row, scale.startMs + (x + LEAST_PX) / pxPerMs));
  }
  canvas.globalAlpha = 1;
}

function nameCall(
  canvas: CanvasRenderingContext2D,
  name: string,
  x: number,
  y: number,
  width: number,
  palette: FlamePalette,
): void {
  const room = Math.floor((width - 10) / CHARACTER_PX);
  canvas.fillStyle = palette.words;
  canvas.fillText(name.length > room ? `${name.slice(0, Math.max(1, room - 1))}…` : name, x + 4, y);
}
