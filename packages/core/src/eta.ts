/** What an estimate is made from. Times are milliseconds of active time: pauses and waits on a limit are kept out. */
export interface EtaInput {
  readonly nowMs: number;
  /** Active time since the job first ran. */
  readonly activeMs: number;
  /** 0..1 of the expected working time that is behind us. */
  readonly fraction: number;
}

/** When a job will be done, as far as one can say. All are whole milliseconds, low ≤ eta ≤ high. */
export interface Eta {
  readonly eta_ms: number;
  /** The 80 % interval. */
  readonly eta_low_ms: number;
  readonly eta_high_ms: number;
  /** ISO 8601. */
  readonly estimated_completion: string;
}

/** The seam at which a better estimator takes over: one call a forecast, null while nothing at all is known. */
export type EstimateEta = (input: EtaInput) => Eta | null;

/**
 * How far off a linear forecast is: on recorded render jobs its mean |ln(predicted / true)| was about 0.6, which for a
 * normal error is a standard deviation of 0.75; 80 % of a normal lie within 1.28 of them.
 */
const LINEAR_ERROR_80 = 0.75 * 1.28;

/** Below this the ratio is noise. */
const LEAST_FRACTION = 0.002;

/** Nobody waits longer than 100 years, and a calendar does not end before. */
const MOST_MS = 100 * 365 * 24 * 3_600_000;

/**
 * Linear extrapolation over active time: left = active · (1 − p) / p, with an interval as wide as such forecasts have
 * proved to be, narrowing with the square root of what is left to come.
 */
export const estimateLinearEta: EstimateEta = ({ nowMs, activeMs, fraction }) => {
  if (!(fraction >= LEAST_FRACTION) || !(activeMs > 0)) return null;
  const behind = Math.min(1, fraction);
  const left = (activeMs * (1 - behind)) / behind;
  const spread = Math.exp(LINEAR_ERROR_80 * Math.sqrt(1 - behind));
  const etaMs = wholeMs(left);
  return {
    eta_ms: etaMs,
    eta_low_ms: wholeMs(left / spread),
    eta_high_ms: wholeMs(left * spread),
    estimated_completion: new Date(nowMs + etaMs).toISOString(),
  };
};

function wholeMs(ms: number): number {
  return Math.min(MOST_MS, Math.round(ms));
}
