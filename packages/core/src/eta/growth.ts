/** How much work is found after a job has begun, learned from past jobs of a template. */
export interface KnownGrowth {
  readonly jobs: number;
  /** Of ln(items in the end / items at first): mean, and variance from job to job. */
  readonly mean: number;
  readonly variance: number;
  /** By quarter of what was known at a time: in how many jobs more was found after it, of how many. */
  readonly quarters: readonly { readonly more: number; readonly of: number }[];
}

export interface Growth {
  /** How the work grew: to be told before each forecast. Items that take the place of one that was known are no growth. */
  seen(known: number, done: number): void;
  /** ln of the factor by which what is left will grow yet, and its standard deviation; null where nothing says so. */
  estimate(known: number, done: number): { readonly mean: number; readonly sd: number } | null;
  learn(before: KnownGrowth | null, known: number): KnownGrowth;
}

const QUARTERS = 4;
const MOST_JOBS = 20;
const LEAST_JOBS = 3;

/** @param atFirst items that were known when the job began */
export function createGrowth(past: KnownGrowth | null, atFirst: () => number): Growth {
  const ratioAt: (number | undefined)[] = new Array(QUARTERS).fill(undefined);
  const quarterOf = (known: number, done: number) =>
    Math.min(QUARTERS - 1, Math.floor((QUARTERS * done) / Math.max(1, known)));

  return {
    seen(known, done) {
      ratioAt[quarterOf(known, done)] ??= known / atFirst();
    },
    estimate(known, done) {
      if (past === null || past.jobs < LEAST_JOBS || past.mean < 0.05) return null;
      const { more, of } = past.quarters[quarterOf(known, done)] as KnownGrowth["quarters"][number];
      const chance = (more + 0.5) / (of + 1);
      const soFar = Math.log(known / atFirst());
      const yet = (Math.max(0, past.mean - soFar) * chance * past.jobs) / (past.jobs + 2);
      if (yet < 0.02) return null;
      const left = Math.max(1, known - done);
      return { mean: Math.log(1 + ((Math.exp(yet) - 1) * known) / left), sd: Math.sqrt(past.variance) * chance * 0.7 };
    },
    learn(before, known) {
      const start = before ?? {
        jobs: 0,
        mean: 0,
        variance: 0.02,
        quarters: Array.from({ length: QUARTERS }, () => ({ more: 0, of: 0 })),
      };
      const jobs = Math.min(MOST_JOBS, start.jobs + 1);
      const ratio = known / atFirst();
      const change = Math.log(ratio) - start.mean;
      return {
        jobs,
        mean: start.mean + change / jobs,
        variance: start.variance + (change * change - start.variance) / (jobs + 2),
        quarters: start.quarters.map(({ more, of }, quarter) => {
          const then = ratioAt[quarter];
          return then === undefined ? { more, of } : { more: more + Number(ratio > then + 1e-9), of: of + 1 };
        }),
      };
    },
  };
}
