import { PlayheadError } from "@playhead/core";
import type { SceneScore } from "./score-lines.ts";

/** A piece of a video; the pieces follow each other without a gap and cover all of it. */
export interface SceneCut {
  readonly startSec: number;
  readonly endSec: number;
  readonly durationSec: number;
  /** Why it begins where it does: the video does, the picture changed, or what came before had become too long. */
  readonly startedBy: "start" | "cut" | "length";
  /** How much the picture changed there, 0..100; null when that is not why. */
  readonly score: number | null;
}

export interface CutOptions {
  /** A cut stands out this many times over the frames around it. @defaultValue 3 */
  readonly contrastRatio?: number;
  /** … and changes the picture by at least this much, 0..100. @defaultValue 8 */
  readonly minScore?: number;
  /** Frames to each side that a frame is compared with. @defaultValue 2 */
  readonly windowFrames?: number;
  /** No scene is shorter, unless the video is. @defaultValue 2 */
  readonly minSceneSec?: number;
  /** Longer ones are divided evenly. @defaultValue 30 */
  readonly maxSceneSec?: number;
}

interface Candidate {
  readonly timeSec: number;
  readonly score: number;
}

/**
 * Decides where scenes begin, from how much each frame differs from the last. A fixed threshold takes fast motion for
 * cuts; so a frame has to stand out from its neighbours as well (after PySceneDetect's adaptive detector). Where two
 * cuts are too close, the stronger stays. Pure.
 * @throws PlayheadError `invalid_request` for options that contradict each other
 */
export function decideCuts(
  scores: readonly SceneScore[],
  durationSec: number,
  options: CutOptions = {},
): readonly SceneCut[] {
  const { minSceneSec = 2, maxSceneSec = 30 } = options;
  if (!(minSceneSec > 0 && maxSceneSec >= 2 * minSceneSec)) {
    const got = `${minSceneSec} and ${maxSceneSec}`;
    throw new PlayheadError(
      "invalid_request",
      `expected minSceneSec over 0 and maxSceneSec at least twice it, got ${got}`,
    );
  }
  if (!(durationSec > 0)) return [];
  const cuts = keepStrongest(findCandidates(scores, options), minSceneSec, durationSec);
  const starts: SceneStart[] = [{ timeSec: 0, score: null, startedBy: "start" }];
  for (const cut of cuts) starts.push({ ...cut, startedBy: "cut" });
  return starts.flatMap((start, i) => divide(start, starts[i + 1]?.timeSec ?? durationSec, maxSceneSec));
}

interface SceneStart {
  readonly timeSec: number;
  readonly score: number | null;
  readonly startedBy: SceneCut["startedBy"];
}

/** The frames that stand out from those around them. */
function findCandidates(scores: readonly SceneScore[], options: CutOptions): readonly Candidate[] {
  const { contrastRatio = 3, minScore = 8, windowFrames = 2 } = options;
  return scores.filter(({ score }, i) => {
    if (score < minScore) return false;
    let sum = 0;
    let count = 0;
    for (let j = Math.max(0, i - windowFrames); j <= i + windowFrames && j < scores.length; j++) {
      if (j === i) continue;
      sum += scores[j]?.score ?? 0;
      count += 1;
    }
    return count === 0 || score >= (contrastRatio * sum) / count;
  });
}

/** Strongest first, each one stays unless it is too close to one that stayed, or to the video's ends. */
function keepStrongest(
  candidates: readonly Candidate[],
  minSceneSec: number,
  durationSec: number,
): readonly Candidate[] {
  const kept: Candidate[] = [];
  const ends: readonly number[] = [0, durationSec];
  for (const candidate of candidates.toSorted((a, b) => b.score - a.score || a.timeSec - b.timeSec)) {
    const isFar = (timeSec: number) => Math.abs(timeSec - candidate.timeSec) >= minSceneSec;
    if (
      candidate.timeSec > 0 &&
      candidate.timeSec < durationSec &&
      ends.every(isFar) &&
      kept.every((k) => isFar(k.timeSec))
    ) {
      kept.push(candidate);
    }
  }
  return kept.sort((a, b) => a.timeSec - b.timeSec);
}

/** A scene, in as many equal pieces as it takes for none to be too long. */
function divide(start: SceneStart, endSec: number, maxSceneSec: number): readonly SceneCut[] {
  const wholeSec = endSec - start.timeSec;
  // A hair over the limit, from rounding, is not over it.
  const count = Math.max(1, Math.ceil(wholeSec / maxSceneSec - 1e-6));
  const at = (i: number) => (i === count ? endSec : round(start.timeSec + (wholeSec * i) / count));
  return Array.from({ length: count }, (_, i) => ({
    startSec: at(i),
    endSec: at(i + 1),
    durationSec: round(at(i + 1) - at(i)),
    startedBy: i === 0 ? start.startedBy : "length",
    score: i === 0 ? start.score : null,
  }));
}

/** Microseconds, as fine as ffmpeg's clock. */
const round = (sec: number) => Math.round(sec * 1e6) / 1e6;
