import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useSearchParams } from "wouter";
import { faster, LIVE, type Playhead, type PlayheadRange, played, readMoment, seek, toggled } from "./playhead.ts";

/** The playhead of a job's page, and what one may do with it. The functions stay the same. */
export interface PlayheadControl extends Playhead {
  readonly seek: (atMs: number) => void;
  readonly goLive: () => void;
  /** Faster onwards (1) or back (-1). */
  readonly play: (by: 1 | -1) => void;
  readonly rest: () => void;
  readonly toggle: () => void;
}

/** So long it stands still before the address says where: browsers refuse to be told with each move. */
const REST_MS = 250;

/** The page's playhead: live, or where the address, the reader or the playback has put it. */
export function usePlayhead(range: PlayheadRange): PlayheadControl {
  const [search, setSearch] = useSearchParams();
  const asked = search.get("at");
  const [playhead, setPlayhead] = useState<Playhead>(() => ({ atMs: readMoment(asked), speedRatio: 0 }));
  const newest = useRef(range);
  useEffect(() => {
    newest.current = range;
  });

  const isPlaying = playhead.speedRatio !== 0;
  useEffect(() => {
    if (!isPlaying) return;
    let frame = 0;
    let beforeMs: number | null = null;
    const go = (atMs: number) => {
      const passedMs = atMs - (beforeMs ?? atMs);
      beforeMs = atMs;
      setPlayhead((before) => played(before, passedMs, newest.current));
      frame = requestAnimationFrame(go);
    };
    frame = requestAnimationFrame(go);
    return () => cancelAnimationFrame(frame);
  }, [isPlaying]);

  const said = playhead.atMs === null ? null : new Date(playhead.atMs).toISOString();
  useEffect(() => {
    if (said === asked || isPlaying) return;
    const timer = setTimeout(() => {
      setSearch(
        (before) => {
          if (said === null) before.delete("at");
          else before.set("at", said);
          return before;
        },
        { replace: true },
      );
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [said, asked, isPlaying, setSearch]);

  const act = useCallback((change: (before: Playhead, range: PlayheadRange) => Playhead) => {
    setPlayhead((before) => change(before, newest.current));
  }, []);
  const acts = useMemo(
    () => ({
      // Where it is put, there it stays.
      seek: (atMs: number) => act((_, range) => seek(LIVE, atMs, range)),
      goLive: () => act(() => LIVE),
      play: (by: 1 | -1) => act((before, range) => faster(before, by, range)),
      rest: () => act((before) => ({ ...before, speedRatio: 0 })),
      toggle: () => act(toggled),
    }),
    [act],
  );
  return { ...playhead, ...acts };
}
