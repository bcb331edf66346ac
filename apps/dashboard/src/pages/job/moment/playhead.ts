/**
 * Where a job's page stands in time.
 *
 *   live ──seek, step, play back──▶ at a moment ──play, step, seek──▶ at another
 *    ▲                                    │
 *    └────── End, or the right end ───────┘
 */
export interface Playhead {
  /** Milliseconds since 1970; null: live. */
  readonly atMs: number | null;
  /** How many seconds of the job go by in one: 0 rests, under 0 goes back. */
  readonly speedRatio: number;
}

/** The stretch of time that a playhead may stand in. */
export interface PlayheadRange {
  readonly startMs: number;
  /** Now, or when the job ended: who gets there is live. */
  readonly endMs: number;
  /** Whether the job goes on. */
  readonly isOpen: boolean;
}

/** Live, and at rest. */
export const LIVE: Playhead = { atMs: null, speedRatio: 0 };

/** How fast a job is played, each time that one asks for more. */
export const SPEED_RATIOS = [1, 2, 5, 10, 20, 50, 100] as const;

/** The playhead at a moment: at the right end it is live again, and at either end it rests. */
export function seek({ speedRatio }: Playhead, atMs: number, { startMs, endMs }: PlayheadRange): Playhead {
  if (atMs >= endMs) return LIVE;
  return atMs <= startMs ? { atMs: startMs, speedRatio: Math.max(0, speedRatio) } : { atMs, speedRatio };
}

/** Faster in a direction (1 or -1); in the other one it begins with the slowest. Live there is nothing to go on to. */
export function faster(playhead: Playhead, by: 1 | -1, { endMs }: PlayheadRange): Playhead {
  const { atMs, speedRatio } = playhead;
  if (atMs === null && by === 1) return playhead;
  const next = SPEED_RATIOS.find((each) => each > speedRatio * by) ?? SPEED_RATIOS[SPEED_RATIOS.length - 1] ?? 1;
  return { atMs: atMs ?? endMs - 1, speedRatio: next * by };
}

/** At rest where it goes, and going where it rests. A live one is held; one at the end of all begins at the start. */
export function toggled({ atMs, speedRatio }: Playhead, { startMs, endMs, isOpen }: PlayheadRange): Playhead {
  if (atMs !== null) return { atMs, speedRatio: speedRatio === 0 ? 1 : 0 };
  return isOpen ? { atMs: endMs - 1, speedRatio: 0 } : { atMs: startMs, speedRatio: 1 };
}

/** The playhead after a while. */
export function played(playhead: Playhead, passedMs: number, range: PlayheadRange): Playhead {
  const { atMs, speedRatio } = playhead;
  if (atMs === null || speedRatio === 0) return playhead;
  const next = seek(playhead, atMs + passedMs * speedRatio, range);
  // Back at the start there is nothing more to play.
  return next.atMs === range.startMs && speedRatio < 0 ? { ...next, speedRatio: 0 } : next;
}

/** The moment that an address asks for; null where it asks for none, or for none that there is. */
export function readMoment(text: string | null): number | null {
  const atMs = text === null ? Number.NaN : Date.parse(text);
  return Number.isFinite(atMs) ? atMs : null;
}
