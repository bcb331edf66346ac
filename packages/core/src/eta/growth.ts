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
  /** An item is found on the way, when so many had ended: found together, they are one discovery. */
  found(done: number): void;
  /** How the work grew: to be told before each forecast. Items that take the place of one that was known are no growth. */
  seen(known: number, done: number): void;
  /** By how much what is left will grow yet: as past jobs did, or else as this one does; null where nothing says so. */
  estimate(known: number, done: number): GrowthEstimate | null;
  learn(before: KnownGrowth | null, known: number): KnownGrowth;
}

/** ln of a factor, and its standard deviation. */
export interface GrowthEstimate {
  readonly mean: number;
  readonly sd: number;
}

const QUARTERS = 4;
const MOST_JOBS = 20;
const LEAST_JOBS = 3;

/** @param atFirst items that were known when the job began */
export function createGrowth(past: KnownGrowth | null, atFirst: () => number): Growth {
  const ratioAt: (number | undefined)[] = new Array(QUARTERS).fill(undefined);
  const quarterOf = (known: number, done: number) =>
    Math.min(QUARTERS - 1, Math.floor((QUARTERS * done) / Math.max(1, known)));
  let discoveries = 0;
  /** How many items had ended at the last one. */
  let foundAt = 0;

  /**
   * What this job says itself: one discovery may follow as large as those so far were. The more there were, the likelier; and
   * the less so, the longer nothing is found, by how many items ended from one to the next.
   */
  function ownEstimate(known: number, done: number): GrowthEstimate | null {
    if (discoveries === 0) return null;
    const every = Math.max(1, foundAt / discoveries);
    const odds = discoveries * Math.exp(Math.min(0, foundAt - done) / every);
    const chance = odds / (1 + odds);
    // What began with one item, and found the others by it, has found what there is.
    const more = Math.max(0, Math.min(atFirst(), (known - atFirst()) / discoveries));
    const factor = Math.log(1 + more / Math.max(1, known - done));
    return { mean: chance * factor, sd: Math.sqrt(chance * (1 - chance)) * factor };
  }

  return {
    found(done) {
      if (discoveries > 0 && done === foundAt) return;
      discoveries += 1;
      foundAt = done;
    },
    seen(known, done) {
      ratioAt[quarterOf(known, done)] ??= known / atFirst();
    },
    estimate(known, done) {
      if (past === null || past.jobs < LEAST_JOBS || past.mean < 0.05) return ownEstimate(known, done);
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
