import { type RefObject, useEffect, useRef } from "react";
import type { Timescale } from "./timescale.ts";
import type { TimelineView } from "./use-timeline-view.ts";

export interface TimelineGestures {
  /** What scrolls. */
  readonly scroller: RefObject<HTMLElement | null>;
  /** What the scale lies on. */
  readonly lanes: RefObject<HTMLElement | null>;
  readonly view: TimelineView;
}

/** What a notch of a wheel zooms. */
const WHEEL_ZOOM = 0.0016;
const AXIS = ".tl-axis";

/**
 * Wheel and pinch. On the axis the wheel zooms; on the tracks it does with Ctrl, as trackpads say that one pinches: by
 * itself it scrolls them, and then the page. With Shift, or sideways, it pans.
 */
export function useTimelineGestures({ scroller, lanes, view }: TimelineGestures): void {
  const newest = useRef(view);
  useEffect(() => {
    newest.current = view;
  });
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const left = new AbortController();
    const { signal } = left;
    const touches = new Map<number, number>();

    const onWheel = (event: WheelEvent) => {
      const { scale, zoom, pan, isZoomed } = newest.current;
      const isOnAxis = event.target instanceof Element && event.target.closest(AXIS) !== null;
      const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
      if (event.ctrlKey || event.metaKey || (isOnAxis && !event.shiftKey && event.deltaY !== 0)) {
        event.preventDefault();
        // Pinching tells of small steps.
        const pace = event.ctrlKey && Math.abs(event.deltaY) < 40 ? 6 : 1;
        zoom(Math.exp(-event.deltaY * WHEEL_ZOOM * pace), momentAt(lanes.current, scale, event.clientX));
      } else if (isZoomed && sideways !== 0 && Math.abs(sideways) >= Math.abs(event.shiftKey ? 0 : event.deltaY)) {
        event.preventDefault();
        pan(sideways * msPerPx(lanes.current, scale));
      }
    };
    const onTouch = (event: PointerEvent) => {
      if (event.pointerType !== "touch") return;
      const [first, second] = [...touches.values()];
      const before = touches.get(event.pointerId);
      if (event.type === "pointerdown") touches.set(event.pointerId, event.clientX);
      if (event.type !== "pointermove" || before === undefined) return;
      touches.set(event.pointerId, event.clientX);
      if (first === undefined || second === undefined) return;
      const [a, b] = [...touches.values()] as [number, number];
      const factor = Math.max(20, Math.abs(a - b)) / Math.max(20, Math.abs(first - second));
      newest.current.zoom(factor, momentAt(lanes.current, newest.current.scale, (a + b) / 2));
    };
    const onLift = ({ pointerId }: PointerEvent) => touches.delete(pointerId);

    element.addEventListener("wheel", onWheel, { passive: false, signal });
    for (const type of ["pointerdown", "pointermove"] as const) element.addEventListener(type, onTouch, { signal });
    for (const type of ["pointerup", "pointercancel"] as const) element.addEventListener(type, onLift, { signal });
    return () => left.abort();
  }, [scroller, lanes]);
}

/** The moment at a place on the screen. */
export function momentAt(lanes: HTMLElement | null, scale: Timescale, clientX: number): number {
  const left = lanes?.getBoundingClientRect().left ?? 0;
  return scale.startMs + (clientX - left) * msPerPx(lanes, scale);
}

/** How long a pixel is. */
export function msPerPx(lanes: HTMLElement | null, { startMs, endMs }: Timescale): number {
  return (endMs - startMs) / Math.max(1, lanes?.clientWidth ?? 1);
}
