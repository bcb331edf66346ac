import { Button } from "../../ui/button.tsx";
import { MomentBar } from "./moment/moment-bar.tsx";
import type { ShownJob } from "./moment/use-shown-job.ts";

export interface TimelineBarProps {
  readonly shown: ShownJob;
  /** The server's time. */
  readonly nowMs: number;
}

/** What a press zooms. */
const PRESS_ZOOM = 2;

/** Over the timeline: which moment is shown, and how much of the job's time. */
export function TimelineBar({ shown, nowMs }: TimelineBarProps) {
  const { playhead, range, view, step, note } = shown;
  const headMs = playhead.atMs ?? range.endMs;
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 pb-2">
      <MomentBar playhead={playhead} nowMs={nowMs} isOpen={range.isOpen} onStep={step} note={note} />
      <fieldset className="flex items-center gap-1" aria-label="Zoom">
        {view.isZoomed && (
          <Button look="plain" label="Show all (0)" onClick={view.showAll}>
            All
          </Button>
        )}
        <Button look="plain" icon="minus" label="Zoom out (-)" onClick={() => view.zoom(1 / PRESS_ZOOM, headMs)}>
          <span className="sr-only">Zoom out</span>
        </Button>
        <Button look="plain" icon="plus" label="Zoom in (+)" onClick={() => view.zoom(PRESS_ZOOM, headMs)}>
          <span className="sr-only">Zoom in</span>
        </Button>
      </fieldset>
    </div>
  );
}
