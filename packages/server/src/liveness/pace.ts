/** Whether a job goes on as it did. */
export type Pace = "steady" | "slow";

/** What the pace is taken from. */
export interface PaceSample {
  /** Milliseconds at work so far, without pauses. */
  readonly activeMs: number;
  /** Of the whole work, 0..1. */
  readonly fraction: number;
}

/** The stretch that is looked at, and how much must lie before it to know what is usual. */
const RECENT_MS = 60_000;
const USUAL_MS = 60_000;
/** Below this part of the usual pace a job is slow; to be steady again it must be well over. */
const SLOW_BELOW = 0.5;
const STEADY_FROM = 0.7;
/** So much must have been done before the stretch, that its pace means anything. */
const LEAST_FRACTION = 0.02;

/** Follows one job's pace: the last minute at work against all before it. Bounded: one sample in five seconds is kept. */
export function createPaceMeter() {
  const everyMs = RECENT_MS / 12;
  let samples: PaceSample[] = [];
  let pace: Pace = "steady";

  return {
    /** @returns how it goes, with this sample */
    add(sample: PaceSample): Pace {
      const last = samples.at(-1);
      if (last !== undefined && sample.activeMs - last.activeMs < everyMs) return pace;
      samples.push(sample);
      // The newest that lies a whole stretch back is where the stretch begins; what is older is not needed.
      const from = samples.findLastIndex(({ activeMs }) => sample.activeMs - activeMs >= RECENT_MS);
      if (from > 0) samples = samples.slice(from);
      const start = samples[0];
      if (from < 0 || start === undefined || start.activeMs < USUAL_MS || start.fraction < LEAST_FRACTION) return pace;
      const usual = start.fraction / start.activeMs;
      const recent = (sample.fraction - start.fraction) / (sample.activeMs - start.activeMs);
      if (recent < usual * SLOW_BELOW) pace = "slow";
      else if (recent >= usual * STEADY_FROM) pace = "steady";
      return pace;
    },
  };
}

export type PaceMeter = ReturnType<typeof createPaceMeter>;
