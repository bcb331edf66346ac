import { FRAME_LINE, SCORE_LINE, type SceneScore } from "../scenes/score-lines.ts";
import { createLineReader } from "../system/line-reader.ts";
import { createSpanCollector, type Span } from "./span.ts";

/** What the filters found in the pictures. */
export interface PictureFindings {
  /** One a frame. */
  readonly scores: readonly SceneScore[];
  /** How much each of these frames differs from the one before, in percent of the full range of brightness. */
  readonly changes: readonly number[];
  /** @param endSec where the pictures end, for one that ends black */
  black(endSec: number): readonly Span[];
}

const CHANGE = /^lavfi\.scd\.mafd=([\d.]+)/;
const BLACK = /^lavfi\.black_(start|end)=(-?[\d.]+)/;

/** Reads what `scdet,blackdetect,metadata=mode=print` prints, cut anywhere. */
export function createPictureReader() {
  const scores: SceneScore[] = [];
  const changes: number[] = [];
  const black = createSpanCollector();
  let timeSec: number | null = null;
  let change = 0;

  const reader = createLineReader((line) => {
    const frame = FRAME_LINE.exec(line);
    if (frame !== null) {
      timeSec = Number(frame[1]);
      change = 0;
      return;
    }
    const changed = CHANGE.exec(line);
    if (changed !== null) change = Number(changed[1]);
    const score = timeSec === null ? null : SCORE_LINE.exec(line);
    if (score !== null && timeSec !== null) {
      scores.push({ timeSec, score: Number(score[1]) });
      changes.push(change);
      timeSec = null;
    }
    const [, side, at] = BLACK.exec(line) ?? [];
    if (side === "start") black.begin(Number(at));
    else if (side === "end") black.end(Number(at));
  });

  return {
    push: reader.push,
    end: reader.end,
    findings: (): PictureFindings => ({ scores, changes, black: black.spans }),
  };
}

/**
 * How much moves: by how many percent of the full range a pixel's brightness changes in a second, on average over all
 * pixels, from frame to frame, without the changes at cuts. It is the same for a video of 25 and of 50 frames a second:
 * twice as many frames, each of which differs half as much; frames that are only repeated add nothing. null for fewer
 * than two frames.
 */
export function motionOf(
  { scores, changes }: Pick<PictureFindings, "scores" | "changes">,
  cutTimesSec: readonly number[],
): number | null {
  const [first, last] = [scores[0], scores.at(-1)];
  const durationSec = (last?.timeSec ?? 0) - (first?.timeSec ?? 0);
  if (scores.length < 2 || durationSec <= 0) return null;
  const cuts = new Set(cutTimesSec);
  const sum = changes.reduce(
    (all, change, i) => (i === 0 || cuts.has(scores[i]?.timeSec ?? 0) ? all : all + change),
    0,
  );
  return sum / durationSec;
}
