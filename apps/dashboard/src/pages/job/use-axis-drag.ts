import { type PointerEvent, type RefObject, useRef } from "react";
import { momentAt, msPerPx } from "./use-timeline-gestures.ts";
import type { TimelineView } from "./use-timeline-view.ts";

export interface AxisDrag {
  readonly lanes: RefObject<HTMLElement | null>;
  readonly view: TimelineView;
  readonly onSeek: (atMs: number) => void;
}

/** So far a finger moves without meaning it. */
const STILL_PX = 4;

interface Held {
  readonly by: "head" | "axis";
  readonly fromX: number;
  x: number;
  isMoved: boolean;
}

/** Dragging on the axis: the playhead by its head; beside it a click brings it there, and a drag pans what is zoomed. */
export function useAxisDrag({ lanes, view, onSeek }: AxisDrag) {
  const held = useRef<Held | null>(null);
  const seekTo = (x: number) => onSeek(momentAt(lanes.current, view.scale, x));
  return {
    onPointerDown(event: PointerEvent) {
      if (event.button !== 0 || !event.isPrimary) return;
      const isHead = event.target instanceof Element && event.target.closest(".tl-head") !== null;
      held.current = {
        by: isHead || !view.isZoomed ? "head" : "axis",
        fromX: event.clientX,
        x: event.clientX,
        isMoved: false,
      };
      event.currentTarget.setPointerCapture(event.pointerId);
      if (!isHead && !view.isZoomed) seekTo(event.clientX);
    },
    onPointerMove({ clientX, isPrimary }: PointerEvent) {
      const drag = held.current;
      if (drag === null || !isPrimary) return;
      drag.isMoved ||= Math.abs(clientX - drag.fromX) >= STILL_PX;
      if (!drag.isMoved) return;
      if (drag.by === "head") seekTo(clientX);
      else view.pan((drag.x - clientX) * msPerPx(lanes.current, view.scale));
      drag.x = clientX;
    },
    onPointerUp({ clientX }: PointerEvent) {
      const drag = held.current;
      held.current = null;
      if (drag?.by === "axis" && !drag.isMoved) seekTo(clientX);
    },
    onPointerCancel() {
      held.current = null;
    },
  };
}
