/** How fast items may begin where somebody limits it: as was declared, or learned from when they were held back. */
export interface StartRate {
  /** ln of starts a second, and its variance; null while nothing is known. */
  estimate(activeSec: number): { readonly mean: number; readonly variance: number } | null;
  /** @returns when it may set to work, by what was declared: not before this */
  started(activeSec: number): number;
  /** So many a second begin at most: that is known, and nothing is to be learned of it. */
  declared(rate: number): void;
  /** When the next may begin, by what was declared; active seconds. */
  nextSec(): number;
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
/** Of ln rate, where it was declared: who says one every two seconds is not asked to the millisecond. */
const DECLARED_VARIANCE = 0.0004;

export function createStartRate(known: KnownRate | null): StartRate {
  let starts = 0;
  let declared: number | null = null;
  /** Each start puts the next off by one interval (the virtual scheduling of leaky buckets). */
  let nextSec = 0;
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
      if (declared !== null) return { mean: Math.log(declared), variance: DECLARED_VARIANCE };
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
    started(activeSec) {
      starts += 1;
      if (declared === null) return activeSec;
      const workSec = Math.max(activeSec, nextSec);
      nextSec = workSec + 1 / declared;
      return workSec;
    },
    declared(rate) {
      declared = rate;
    },
    nextSec: () => nextSec,
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
      if (first === null || declared !== null) return before;
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
