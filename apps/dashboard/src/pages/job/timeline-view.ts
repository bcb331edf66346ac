import type { Timescale } from "./timescale.ts";

/** A view shorter than this shows nothing more. */
const SHORTEST_MS = 20;

/**
 * The view after zooming: the moment under the pointer stays under it, unless the view would leave the bounds.
 *
 * @param factor over 1 shows more of less
 */
export function zoomed(view: Timescale, factor: number, atMs: number, bounds: Timescale): Timescale {
  const lengthMs = view.endMs - view.startMs;
  const nextMs = Math.min(Math.max(lengthMs / factor, SHORTEST_MS), bounds.endMs - bounds.startMs);
  const share = (atMs - view.startMs) / lengthMs;
  return within(bounds, atMs - share * nextMs, nextMs);
}

/** The view moved along; it stops at the bounds. */
export function panned(view: Timescale, byMs: number, bounds: Timescale): Timescale {
  return within(bounds, view.startMs + byMs, view.endMs - view.startMs);
}

/** The view moved as little as it takes to show a moment, with some of what is beside it. */
export function showing(view: Timescale, atMs: number, bounds: Timescale): Timescale {
  if (atMs >= view.startMs && atMs <= view.endMs) return view;
  const lengthMs = view.endMs - view.startMs;
  const airMs = lengthMs * 0.1;
  return within(bounds, atMs < view.startMs ? atMs - airMs : atMs + airMs - lengthMs, lengthMs);
}

function within(bounds: Timescale, startMs: number, lengthMs: number): Timescale {
  const heldMs = Math.min(Math.max(startMs, bounds.startMs), bounds.endMs - lengthMs);
  return { startMs: heldMs, endMs: heldMs + lengthMs };
}
