/** How fast items may begin where somebody else limits it, learned from when they were held back. */
export interface StartRate {
  /** ln of starts a second, and its variance; null while nothing is known. */
  estimate(activeSec: number): { readonly mean: number; readonly variance: number } | null;
  started(): void;
  /** Items are held back. */
  limited(activeSec: number): void;
  readonly startCount: number;
  readonly wasLimited: boolean;
  /** What this job adds to what is known. */
  learn(known: KnownRate | null, activeSec: number): KnownRate | null;
}

/** What past jobs of a template say. */
export interface KnownRate {
  /** Starts a second. */
  readonly rate: number;
  /** So many could begin at once. */
  readonly burst: number;
  readonly jobs: number;
  /** Of ln rate, from job to job. */
  readonly variance: number;
}

const MOST_JOBS = 10;

export function createStartRate(known: KnownRate | null): StartRate {
  let starts = 0;
  let first: { readonly atSec: number; readonly starts: number } | null = null;
  let last: { readonly atSec: number; readonly starts: number } | null = null;

  function ownEstimate(activeSec: number) {
    if (first === null || last === null) return null;
    let spanSec = last.atSec - first.atSec;
    let count = last.starts - first.starts;
    if (activeSec - first.atSec > spanSec * 1.5) {
      spanSec = activeSec - first.atSec;
      count = starts - first.starts;
    }
    return spanSec >= 3 && count >= 2 ? { mean: Math.log(count / spanSec), variance: 0.5 / count + 0.003 } : null;
  }

  return {
    estimate(activeSec) {
      if (first === null) return null;
      const own = ownEstimate(activeSec);
      if (known === null) return own;
      const past = { mean: Math.log(known.rate), variance: known.variance + 0.02 };
      if (own === null) return past;
      const weight = own.variance / (own.variance + past.variance);
      return {
        mean: own.mean + weight * (past.mean - own.mean),
        variance: (own.variance * past.variance) / (own.variance + past.variance),
      };
    },
    started() {
      starts += 1;
    },
    limited(atSec) {
      last = { atSec, starts };
      first ??= last;
    },
    get startCount() {
      return starts;
    },
    get wasLimited() {
      return first !== null;
    },
    learn(before, activeSec) {
      if (first === null) return before;
      const spanSec = activeSec - first.atSec;
      const count = starts - first.starts;
      if (count <= 4 || spanSec <= 3) return before;
      const rate = count / spanSec;
      const past = before ?? { rate, burst: first.starts, jobs: 0, variance: 0.1 };
      const jobs = Math.min(MOST_JOBS, past.jobs + 1);
      const change = Math.log(rate / past.rate);
      return {
        rate: past.rate * Math.exp(change / jobs),
        burst: past.burst + (first.starts - past.burst) / jobs,
        jobs,
        variance: past.variance + (change * change - past.variance) / (jobs + 2),
      };
    },
  };
}
