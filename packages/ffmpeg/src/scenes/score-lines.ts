import { createLineReader } from "../system/line-reader.ts";

/** How much a frame differs from the one before, 0 (not at all) to 100. */
export interface SceneScore {
  readonly timeSec: number;
  readonly score: number;
}

export interface ScoreReader {
  push(text: string): void;
  /** All scores so far, in order of time. */
  scores(): readonly SceneScore[];
}

/** What the `metadata` filter prints first of a frame; then comes a line for each value. */
export const FRAME_LINE = /^frame:\d+ +pts:\S+ +pts_time:(-?[\d.]+)/;
/** How much a frame stands out as the first of a scene, as the filter `scdet` tells. */
export const SCORE_LINE = /^lavfi\.scd\.score=([\d.]+)/;

/** Reads the scores that `metadata=print:key=lavfi.scd.score` prints, cut anywhere. */
export function createScoreReader(): ScoreReader {
  const scores: SceneScore[] = [];
  let timeSec: number | null = null;
  const { push } = createLineReader((line) => {
    const frame = FRAME_LINE.exec(line);
    if (frame !== null) timeSec = Number(frame[1]);
    const score = timeSec === null ? null : SCORE_LINE.exec(line);
    if (score === null || timeSec === null) return;
    scores.push({ timeSec, score: Number(score[1]) });
    timeSec = null;
  });
  return { push, scores: () => scores };
}
