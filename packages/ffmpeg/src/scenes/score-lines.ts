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

/** What the `metadata` filter prints: one line for the frame, one for its value. */
const FRAME = /^frame:\d+ +pts:\S+ +pts_time:(-?[\d.]+)/;
const SCORE = /^lavfi\.scd\.score=([\d.]+)/;

/** Reads the scores that `metadata=print:key=lavfi.scd.score` prints, cut anywhere. */
export function createScoreReader(): ScoreReader {
  const scores: SceneScore[] = [];
  let pending = "";
  let timeSec: number | null = null;
  const take = (line: string) => {
    const frame = FRAME.exec(line);
    if (frame !== null) timeSec = Number(frame[1]);
    const score = timeSec === null ? null : SCORE.exec(line);
    if (score === null || timeSec === null) return;
    scores.push({ timeSec, score: Number(score[1]) });
    timeSec = null;
  };
  return {
    push(text) {
      pending += text;
      let from = 0;
      for (let end = pending.indexOf("\n"); end !== -1; end = pending.indexOf("\n", from)) {
        take(pending.slice(from, end));
        from = end + 1;
      }
      pending = pending.slice(from);
    },
    scores: () => scores,
  };
}
