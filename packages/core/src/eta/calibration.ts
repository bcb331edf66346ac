/**
 * How far off forecasts were, of past jobs of one template: standardised errors by how far the job was. From them an
 * interval is made that holds the truth as often as it says (split conformal prediction, recent jobs first), and the
 * forecast is moved by what it was usually off by.
 */

/** Of a forecast, before anything is known of how well such forecasts do. */
export interface RawForecast {
  readonly medianSec: number;
  readonly lowSec: number;
  readonly highSec: number;
}

export interface CalibratedForecast {
  readonly leftSec: number;
  readonly lowSec: number;
  readonly highSec: number;
}

/** By bucket: (ln true − ln forecast) / width, the newest last. */
export type Calibration = number[][];

/** A forecast that was made, to be scored when the job has ended. */
export interface MadeForecast {
  readonly activeSec: number;
  readonly rawSec: number;
  readonly width: number;
  readonly bucket: number;
}

/** Ends of the buckets, as shares of the whole time that a forecast stands for. */
const BUCKET_ENDS = [0.08, 0.2, 0.4, 0.6, 0.8, 0.92, Number.POSITIVE_INFINITY];
const LEAST_WIDTH = 0.03;
/** An 80 % interval of a normal is so many standard deviations wide. */
const WIDTH_80 = 2.5631;
const MAX_SCORES = 150;
const MAX_SCORE = 8;
const AGEING = 0.97;
/** What stands for the scores of jobs that have not been: normal, and wider than they should be. */
const PRIOR_SD = 1.3;
const PRIOR_WEIGHT = 12;
const PRIOR = [-1.645, -1.036, -0.674, -0.385, -0.126, 0.126, 0.385, 0.674, 1.036, 1.645].map((z) => z * PRIOR_SD);
/** Of one job and bucket. */
const SCORED_SHARES = [0.15, 0.5, 0.85];
/** A second is not worth a logarithm. */
const LEAST_SEC = 0.25;

export function newCalibration(): Calibration {
  return BUCKET_ENDS.map(() => []);
}

export function bucketOf(activeSec: number, leftSec: number): number {
  const share = activeSec / (activeSec + leftSec);
  const bucket = BUCKET_ENDS.findIndex((end) => share < end);
  return bucket < 0 ? BUCKET_ENDS.length - 1 : bucket;
}

export function widthOf({ lowSec, highSec }: RawForecast): number {
  return Math.max(LEAST_WIDTH, Math.log(Math.max(highSec, 1e-3) / Math.max(lowSec, 1e-3)) / WIDTH_80);
}

/** The forecast as past errors correct it, with the 80 % interval. */
export function calibrate(calibration: Calibration, raw: RawForecast, bucket: number): CalibratedForecast {
  const width = widthOf(raw);
  const scores = calibration[bucket] as readonly number[];
  const weighted = weightedScores(scores);
  const tail = Math.max(0.01, 0.1 - 0.4 / (scores.length + 8));
  const middle = quantileOf(weighted, 0.5) * Math.min(1, scores.length / 6);
  const leftSec = raw.medianSec * Math.exp(Math.max(-1.6, Math.min(1.6, middle * width)));
  const lowSec = raw.medianSec * Math.exp(Math.max(-3, quantileOf(weighted, tail) * width));
  const highSec = raw.medianSec * Math.exp(Math.min(3, quantileOf(weighted, 1 - tail) * width));
  return { leftSec, lowSec: Math.min(lowSec, leftSec), highSec: Math.max(highSec, leftSec) };
}

/** Scores what was forecast by what came, when a job has ended. */
export function learnScores(calibration: Calibration, made: readonly MadeForecast[], activeSec: number): void {
  for (const [bucket, scores] of calibration.entries()) {
    const own = made
      .filter((each) => each.bucket === bucket && each.rawSec > 0)
      .map((each) => scoreOf(each, activeSec))
      .sort((a, b) => a - b);
    if (own.length === 0) continue;
    for (const share of own.length > 2 ? SCORED_SHARES : [0.5])
      scores.push(own[Math.min(own.length - 1, Math.floor(share * own.length))] as number);
    scores.splice(0, scores.length - MAX_SCORES);
  }
}

function scoreOf({ activeSec, rawSec, width }: MadeForecast, endSec: number): number {
  const trueSec = Math.max(LEAST_SEC, endSec - activeSec);
  const score = Math.log(trueSec / Math.max(LEAST_SEC, rawSec)) / width;
  return Math.max(-MAX_SCORE, Math.min(MAX_SCORE, score));
}

type Weighted = readonly (readonly [value: number, weight: number])[];

function weightedScores(scores: readonly number[]): Weighted {
  const seen = scores.map((score, at): [number, number] => [score, AGEING ** (scores.length - 1 - at)]);
  const assumed = PRIOR.map((score): [number, number] => [score, PRIOR_WEIGHT / PRIOR.length]);
  return [...seen, ...assumed].sort(([a], [b]) => a - b);
}

function quantileOf(weighted: Weighted, share: number): number {
  const total = weighted.reduce((sum, [, weight]) => sum + weight, 0);
  let seen = 0;
  for (const [value, weight] of weighted) {
    seen += weight;
    if (seen >= share * total) return value;
  }
  return weighted.at(-1)?.[0] ?? 0;
}
