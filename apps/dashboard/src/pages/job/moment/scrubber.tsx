import { momentWords } from "./moment-words.ts";
import type { PlayheadRange } from "./playhead.ts";
import type { PlayheadControl } from "./use-playhead.ts";
import "./scrubber.css";

export interface ScrubberProps {
  readonly playhead: PlayheadControl;
  readonly range: PlayheadRange;
  readonly nowMs: number;
  readonly isOpen: boolean;
}

/** Where there is no timeline to drag on: the job's time as a slider, fixed at the bottom. */
export function Scrubber({ playhead, range, nowMs, isOpen }: ScrubberProps) {
  const { atMs } = playhead;
  const lengthMs = Math.max(1, range.endMs - range.startMs);
  const shownMs = atMs ?? range.endMs;
  const words = atMs === null ? (isOpen ? "Live" : "As it ended") : momentWords(atMs, nowMs);
  return (
    <div className="scrubber" data-live={atMs === null ? "" : undefined}>
      <div className="flex h-6 items-center justify-between text-12">
        <span className="text-soft">{words}</span>
        {atMs !== null && (
          <button type="button" className="px-2 py-1 font-medium text-ink" onClick={playhead.goLive}>
            {isOpen ? "Live" : "To the end"}
          </button>
        )}
      </div>
      <input
        type="range"
        aria-label="Moment that is shown"
        aria-valuetext={words}
        min={0}
        max={lengthMs}
        step={1}
        value={Math.min(lengthMs, shownMs - range.startMs)}
        onChange={({ target }) => playhead.seek(range.startMs + target.valueAsNumber)}
      />
    </div>
  );
}
