/** What an item told of itself: so much of it was done, 0..1, after so many seconds at work. */
type Telling = readonly [fraction: number, busySec: number];

/**
 * How a running item comes on, by what it tells of itself.
 *
 * Its pace is that of the last four fifths of its time. What comes first says little of the rest: an encoder counts pictures
 * that it has only taken in, and a copy fills the buffers on its way.
 */
export interface OwnPace {
  /** What it told, some ten times, later by a share each time: from one of these on the pace is taken. */
  readonly marks: Telling[];
  /** That one; the item's beginning before there is one. */
  from: Telling;
}

const PASSED_OVER = 1 / 5;
/** So much of what is done was done since: where an item has stood still, the rest would be taken from next to nothing. */
const LEAST_SINCE = 1 / 2;
const MARK_EVERY = 1.15;
const MARK_EVERY_SEC = 0.1;
const BEGINNING: Telling = [0, 0];

export function newPace(): OwnPace {
  return { marks: [], from: BEGINNING };
}

/** It tells how much of it is done. */
export function notePace(pace: OwnPace, fraction: number, busySec: number): void {
  const { marks } = pace;
  if (fraction < (marks.at(-1) ?? pace.from)[0]) {
    // It goes back: it has begun anew, and what was before says nothing.
    marks.length = 0;
    pace.from = BEGINNING;
  }
  const latestSec = busySec * PASSED_OVER;
  const mostFraction = fraction * (1 - LEAST_SINCE);
  const isPassed = ([markFraction, markSec]: Telling) => markSec <= latestSec && markFraction <= mostFraction;
  let passed = 0;
  while (passed < marks.length && isPassed(marks[passed] as Telling)) passed += 1;
  if (passed > 0) pace.from = marks.splice(0, passed).at(-1) as Telling;
  const last = marks.at(-1) ?? pace.from;
  if (busySec >= last[1] * MARK_EVERY + MARK_EVERY_SEC) marks.push([fraction, busySec]);
}

/** How long all of it would take at its pace, in seconds, when it has told this fraction last. */
export function secondsAtPace({ from: [fromFraction, fromSec] }: OwnPace, fraction: number, busySec: number): number {
  return (busySec - fromSec) / (fraction - fromFraction);
}
