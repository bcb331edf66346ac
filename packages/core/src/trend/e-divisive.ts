/**
 * E-divisive: a series is split where the values before and after are least like each other, by the energy distance
 *
 *     m n / (m + n) · ( 2 · mean |x − y| − mean |x − x'| − mean |y − y'| )
 *
 * of the m values before and the n after; the split counts if the same values in another order seldom split as well.
 * Matteson and James, A nonparametric approach for multiple change point analysis of multivariate data, JASA 2014
 * (α = 1; both sides reach to the ends of what is split).
 */

/** How far each value is from each other. */
export interface Distances {
  readonly size: number;
  /** Row by row. */
  readonly all: Float64Array;
  /** Of each value, to all others together. */
  readonly sums: Float64Array;
}

export interface Split {
  /** The place of the first value after it. */
  readonly at: number;
  readonly divergence: number;
}

/** Of up to a few hundred values. */
export function distancesOf(values: readonly number[]): Distances {
  const size = values.length;
  const all = new Float64Array(size * size);
  const sums = new Float64Array(size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      const distance = Math.abs((values[i] as number) - (values[j] as number));
      all[i * size + j] = distance;
      sums[i] = (sums[i] as number) + distance;
    }
  return { size, all, sums };
}

/**
 * The best split that leaves so many values on either side. O(n²).
 * @param order another order of the values, by their places
 */
export function bestSplit({ size, all, sums }: Distances, minSide: number, order = inOrder(size)): Split {
  let best: Split = { at: minSide, divergence: Number.NEGATIVE_INFINITY };
  // Sums over pairs: both before, both after, one of each. They change with each value that goes from after to before.
  let [before, after, across] = [0, 0, 0];
  for (let i = 0; i < size; i++) after += (sums[i] as number) / 2;
  for (let at = 0; at + minSide < size; at++) {
    const place = order[at] as number;
    const row = place * size;
    let toBefore = 0;
    for (let i = 0; i < at; i++) toBefore += all[row + (order[i] as number)] as number;
    const toAfter = (sums[place] as number) - toBefore;
    before += toBefore;
    after -= toAfter;
    across += toAfter - toBefore;
    const m = at + 1;
    const n = size - m;
    if (m < minSide) continue;
    const within = before / ((m * (m - 1)) / 2) + after / ((n * (n - 1)) / 2);
    const divergence = ((m * n) / size) * ((2 * across) / (m * n) - within);
    if (divergence > best.divergence) best = { at: m, divergence };
  }
  return best;
}

/**
 * The share of orders of the same values whose best split is as good (the given order is one of them), of four times as
 * many as it takes to tell; null as soon as it is clear that it is not under `maxP`.
 *
 * @param random 0 ≤ … < 1
 */
export function splitP(
  distances: Distances,
  minSide: number,
  divergence: number,
  random: () => number,
  maxP: number,
): number | null {
  const orders = Math.ceil(4 / maxP);
  const order = inOrder(distances.size);
  let asGood = 1;
  for (let tried = 1; tried < orders; tried++) {
    shuffle(order, random);
    if (bestSplit(distances, minSide, order).divergence >= divergence) asGood += 1;
    if (asGood / orders >= maxP) return null;
  }
  return asGood / orders;
}

const inOrder = (size: number) => Uint16Array.from({ length: size }, (_, at) => at);

/** Fisher and Yates. */
function shuffle(order: Uint16Array, random: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const moved = order[i] as number;
    order[i] = order[j] as number;
    order[j] = moved;
  }
}
