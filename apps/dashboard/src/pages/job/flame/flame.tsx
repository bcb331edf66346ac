import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useWidth } from "../../../ui/use-width.ts";
import type { Timescale } from "../timescale.ts";
import { formatCallTime, speakCall } from "../trace/trace-words.ts";
import { drawFlame, FLAME_ROW_PX } from "./draw-flame.ts";
import { callAt, type FlameLayout } from "./flame-layout.ts";
import { type FlamePalette, readFlamePalette } from "./flame-palette.ts";
import "./flame.css";

export interface FlameProps {
  readonly layout: FlameLayout;
  /** The timeline's own. */
  readonly scale: Timescale;
  /** The moment that is shown. */
  readonly nowMs: number;
  readonly found: ReadonlySet<number>;
  /** -1: none. */
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
}

const MOST_ROWS = 16;
/** So near one means a call that is narrower. */
const NEAR_PX = 3;

/** Calls on the timeline's axis, each under the one that made it. Drawn on a canvas: there may be 100,000. */
export function Flame({ layout, scale, nowMs, found, chosen, onChoose }: FlameProps) {
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const widthPx = useWidth(host);
  const [topPx, setTopPx] = useState(0);
  const [pointed, setPointed] = useState(-1);
  const palette = usePaletteOf(host);
  const heightPx = Math.min(MOST_ROWS, Math.max(1, layout.rows.length)) * FLAME_ROW_PX;

  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (element === null || context === null || context === undefined || palette === null || widthPx === 0) return;
    const density = window.devicePixelRatio;
    element.width = Math.round(widthPx * density);
    element.height = Math.round(heightPx * density);
    context.setTransform(density, 0, 0, density, 0, 0);
    drawFlame(context, { layout, scale, nowMs, widthPx, heightPx, topPx, palette, found, chosen });
  }, [layout, scale, nowMs, widthPx, heightPx, topPx, palette, found, chosen]);

  const under = (event: { readonly clientX: number; readonly clientY: number }) => {
    const box = canvas.current?.getBoundingClientRect();
    if (box === undefined) return -1;
    const msPerPx = (scale.endMs - scale.startMs) / Math.max(1, widthPx);
    const atMs = scale.startMs + (event.clientX - box.left) * msPerPx;
    const row = Math.floor((event.clientY - box.top + topPx) / FLAME_ROW_PX);
    const index = callAt(layout, row, atMs, NEAR_PX * msPerPx);
    return (layout.startMs[index] ?? 0) > nowMs ? -1 : index;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = keyTarget(event.key, layout, chosen);
    if (to === null || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    onChoose(to);
  };
  const shown = layout.calls[pointed >= 0 ? pointed : chosen];
  const call = layout.calls[chosen];
  return (
    <div ref={host} className="flame" style={{ height: heightPx }}>
      <div className="flame-scroll" onScroll={({ currentTarget }) => setTopPx(currentTarget.scrollTop)}>
        <div style={{ height: layout.rows.length * FLAME_ROW_PX }} />
        <canvas
          ref={canvas}
          role="slider"
          tabIndex={0}
          aria-label="Calls"
          aria-valuemin={0}
          aria-valuemax={Math.max(0, layout.calls.length - 1)}
          aria-valuenow={Math.max(0, chosen)}
          aria-valuetext={
            call === undefined ? "none chosen" : `${call.function_name ?? ""} ${speakCall(call, call.duration ?? 0)}`
          }
          style={{ width: widthPx, height: heightPx }}
          onKeyDown={onKeyDown}
          onClick={(event) => onChoose(under(event))}
          onPointerMove={(event) => setPointed(under(event))}
          onPointerLeave={() => setPointed(-1)}
        />
      </div>
      {shown !== undefined && (
        <p className="flame-word" aria-hidden="true">
          {shown.function_name} <span className="text-faint">{formatCallTime(shown.duration ?? 0)}</span>
        </p>
      )}
    </div>
  );
}

/** Where a key leads from a call: along the time, to what made it, to what it made first. */
function keyTarget(key: string, { calls, caller }: FlameLayout, chosen: number): number | null {
  const last = calls.length - 1;
  if (key === "ArrowRight") return Math.min(last, chosen + 1);
  if (key === "ArrowLeft") return Math.max(0, chosen - 1);
  if (key === "Home") return 0;
  if (key === "End") return last;
  if (key === "Escape") return -1;
  if (key === "ArrowUp") return chosen < 0 ? null : Math.max(caller[chosen] ?? 0, 0);
  if (key !== "ArrowDown") return null;
  const below = caller.indexOf(chosen, chosen + 1);
  return below < 0 ? chosen : below;
}

/** The colours, read again as the theme changes. */
function usePaletteOf(host: { readonly current: Element | null }): FlamePalette | null {
  const [palette, setPalette] = useState<FlamePalette | null>(null);
  const read = useMemo(() => () => host.current !== null && setPalette(readFlamePalette(host.current)), [host]);
  useEffect(() => {
    read();
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", read);
    const chosen = new MutationObserver(read);
    chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      system.removeEventListener("change", read);
      chosen.disconnect();
    };
  }, [read]);
  return palette;
}
