import { isFinalJobState, type Job } from "@playhead/core";
import { useCallback, useDeferredValue, useEffect, useMemo, useRef } from "react";
import { describeError } from "../../../ui/error-text.ts";
import { type TimelineView, useTimelineView } from "../use-timeline-view.ts";
import type { JobHistory } from "./job-history.ts";
import type { PlayheadRange } from "./playhead.ts";
import { useMomentKeys } from "./use-moment-keys.ts";
import { usePastJob } from "./use-past-job.ts";
import { type PlayheadControl, usePlayhead } from "./use-playhead.ts";

/** What a job's page shows: the job at a moment, and the ways to another one. */
export interface ShownJob {
  /** As it stands, or as it stood at the moment. */
  readonly job: Job;
  /** The moment that it is shown at; null while live, and while a moment is still being read. */
  readonly atMs: number | null;
  /** The same, in time: the server's now while live. */
  readonly shownMs: number;
  /** Where the playhead stands: it goes ahead of what is shown, while one drags it. */
  readonly playhead: PlayheadControl;
  readonly range: PlayheadRange;
  readonly view: TimelineView;
  /** What happened to the job, as far as it was read. */
  readonly history: JobHistory;
  /** How much of that there is. */
  readonly factCount: number;
  readonly step: (by: 1 | -1) => void;
  /** What is not there yet, or cannot be had; null when all is there. */
  readonly note: string | null;
}

/** How much nearer a key brings what is looked at. */
const KEY_ZOOM = 1.6;

/** The job that the page shows, and the keys of its playhead: ← → by event, J K L, Space, Home, End, + - 0. */
export function useShownJob(current: Job, nowMs: number): ShownJob {
  const ended = isFinalJobState(current.state);
  const range: PlayheadRange = {
    startMs: Date.parse(current.started_at ?? current.created_at),
    endMs: current.ended_at === null ? nowMs : Date.parse(current.ended_at),
    isOpen: !ended,
  };
  const playhead = usePlayhead(range);
  // The playhead goes along at once, and the page as fast as it can be drawn.
  const deferredMs = useDeferredValue(playhead.atMs);
  const { past, loaded } = usePastJob(current, deferredMs);
  const view = useTimelineView(current, nowMs);
  const { history } = loaded;

  const newest = useRef({ playhead, range });
  useEffect(() => {
    newest.current = { playhead, range };
  });
  const { seek, goLive } = playhead;
  const { show } = view;
  const step = useCallback(
    (by: 1 | -1) => {
      const { playhead, range } = newest.current;
      const beside = history.momentBeside(playhead.atMs ?? range.endMs, by);
      if (beside === null && by === 1) goLive();
      else {
        // Before anything was read there is the end to begin at.
        const atMs = beside ?? (history.facts.length === 0 ? range.endMs - 1 : range.startMs);
        seek(atMs);
        show(Math.max(range.startMs, atMs));
      }
    },
    [history, seek, goLive, show],
  );
  const { zoom, showAll } = view;
  const { play, rest, toggle } = playhead;
  useMomentKeys(
    useMemo(() => {
      const headMs = () => newest.current.playhead.atMs ?? newest.current.range.endMs;
      return {
        ArrowLeft: () => step(-1),
        ArrowRight: () => step(1),
        j: () => play(-1),
        k: rest,
        l: () => play(1),
        " ": toggle,
        Home: () => seek(newest.current.range.startMs),
        End: goLive,
        "+": () => zoom(KEY_ZOOM, headMs()),
        "=": () => zoom(KEY_ZOOM, headMs()),
        "-": () => zoom(1 / KEY_ZOOM, headMs()),
        "0": showAll,
      };
    }, [step, play, rest, toggle, seek, goLive, zoom, showAll]),
  );

  const job = past?.job ?? current;
  const atMs = past?.job === undefined || past.job === null ? null : deferredMs;
  return {
    job,
    atMs,
    shownMs: atMs ?? nowMs,
    playhead,
    range,
    view,
    history,
    factCount: loaded.count,
    step,
    note: noteOf(past, atMs),
  };
}

function noteOf(
  past: { readonly job: Job | null; readonly error: unknown } | null,
  atMs: number | null,
): string | null {
  if (past === null || atMs !== null) return null;
  return past.error === null ? "reading what happened until then" : describeError(past.error).message;
}
