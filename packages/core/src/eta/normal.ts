/** The standard normal distribution, and draws from it that are the same whenever the same thing is asked for. */

const { exp, log, sqrt } = Math;

/** P(Z ≤ z), to 7 digits: Abramowitz and Stegun, 26.2.17. */
export function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = normalDensity(z) * poly;
  return z > 0 ? 1 - tail : tail;
}

export function normalDensity(z: number): number {
  return 0.3989422804 * exp((-z * z) / 2);
}

const A = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
];
const B = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1];
const C = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const D = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];
const TAIL = 0.02425;

const polynomial = (factors: readonly number[], x: number) => factors.reduce((sum, factor) => sum * x + factor, 0);

/** The z with P(Z ≤ z) = p, to 9 digits: Acklam's rational approximation. */
export function normalQuantile(p: number): number {
  const share = Math.min(1 - 1e-9, Math.max(1e-9, p));
  if (share > 1 - TAIL) return -normalQuantile(1 - share);
  if (share < TAIL) {
    const q = sqrt(-2 * log(share));
    return polynomial(C, q) / polynomial(D, q);
  }
  const q = share - 0.5;
  return (polynomial(A, q * q) * q) / polynomial(B, q * q);
}

const DRAWS = 4_096;
/** Evenly spread over 0..1, each once, in an order that looks like none. */
const SHARES = Float64Array.from({ length: DRAWS }, (_, at) => (((at * 2_654_435_761) % DRAWS) + 0.5) / DRAWS);
const NORMALS = SHARES.map(normalQuantile);

const placeOf = (seed: number, round: number) => ((seed + Math.imul(round + 1, 0x9e37_79b1)) >>> 7) & (DRAWS - 1);

/** A normal number: of one seed another in each round, and always the same. */
export function normalDraw(seed: number, round: number): number {
  return NORMALS[placeOf(seed, round)] as number;
}

/** The share, 0..1, that {@link normalDraw} is the quantile of. */
export function uniformDraw(seed: number, round: number): number {
  return SHARES[placeOf(seed, round)] as number;
}

/** A seed made of a name: FNV-1a. */
export function seedOf(name: string): number {
  let hash = 2_166_136_261;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 16_777_619);
  return hash >>> 0;
}
