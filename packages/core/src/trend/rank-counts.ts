/**
 * Of how many of all orders of m + n different values the rank sum statistic U of the m is at most u, as a share, for
 * each u from 0 to m·n / 2 (the other half mirrors it).
 *
 * The numbers of orders are the factors of the Gaussian binomial ∏ (1 − q^(n+i)) / (1 − q^i), i = 1 … m (Mann and
 * Whitney 1947): whole numbers below 2^53 for the sizes that are asked for.
 */
export function rankShares(m: number, n: number): Float64Array {
  const key = `${m} ${n}`;
  const known = KNOWN.get(key);
  if (known !== undefined) return known;
  const half = Math.floor((m * n) / 2);
  const counts = new Float64Array(half + 1);
  counts[0] = 1;
  for (let i = 1; i <= m; i++) {
    for (let u = half; u >= n + i; u--) counts[u] = (counts[u] as number) - (counts[u - n - i] as number);
    for (let u = i; u <= half; u++) counts[u] = (counts[u] as number) + (counts[u - i] as number);
  }
  const all = orders(m, n);
  let sum = 0;
  const shares = counts.map((count) => {
    sum += count;
    return sum / all;
  });
  if (KNOWN.size >= MAX_KNOWN) KNOWN.clear();
  KNOWN.set(key, shares);
  return shares;
}

/** The same few sizes are asked for again and again. */
const KNOWN = new Map<string, Float64Array>();
const MAX_KNOWN = 100;

/** (m + n) over m. */
function orders(m: number, n: number): number {
  let count = 1;
  for (let i = 1; i <= m; i++) count = (count * (n + i)) / i;
  return Math.round(count);
}
