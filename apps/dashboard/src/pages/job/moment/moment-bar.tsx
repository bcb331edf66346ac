import { Button } from "../../../ui/button.tsx";
import { momentWords, speedWords } from "./moment-words.ts";
import type { PlayheadControl } from "./use-playhead.ts";

export interface MomentBarProps {
  readonly playhead: PlayheadControl;
  /** The server's time. */
  readonly nowMs: number;
  /** Whether the job goes on: else its right end is not now, but how it ended. */
  readonly isOpen: boolean;
  /** Goes to what happened before (-1) or after (1). */
  readonly onStep: (by: 1 | -1) => void;
  /** What is not there yet, or cannot be had, in words; null when all is there. */
  readonly note: string | null;
}

/** Which moment the page shows, and the ways to another one. */
export function MomentBar({ playhead, nowMs, isOpen, onStep, note }: MomentBarProps) {
  const { atMs, speedRatio } = playhead;
  const isLive = atMs === null;
  const speed = speedWords(speedRatio);
  const holds = speedRatio !== 0 || (isLive && isOpen);
  const playWords = holds ? "Hold" : isLive ? "Play from the start" : "Play";
  return (
    <fieldset className="flex flex-wrap items-center gap-x-1 gap-y-1" aria-label="Moment">
      <Button look="plain" icon="back" label="Previous event (←)" onClick={() => onStep(-1)}>
        <span className="sr-only">Previous event</span>
      </Button>
      <Button look="plain" icon={holds ? "pause" : "play"} label={`${playWords} (Space)`} onClick={playhead.toggle}>
        <span className="sr-only">{playWords}</span>
      </Button>
      <Button look="plain" icon="chevron" label="Next event (→)" onClick={() => onStep(1)}>
        <span className="sr-only">Next event</span>
      </Button>
      {speed !== null && <span className="w-11 text-center font-mono text-12 text-ink">{speed}</span>}
      <span className="mx-2 text-13 text-soft">
        {isLive ? (isOpen ? "Live" : "As it ended") : momentWords(atMs, nowMs)}
        {note !== null && <span className="text-faint"> · {note}</span>}
      </span>
      {!isLive && (
        <Button label={isOpen ? "Live (End)" : "To the end (End)"} onClick={playhead.goLive}>
          {isOpen ? "Live" : "To the end"}
        </Button>
      )}
    </fieldset>
  );
}
