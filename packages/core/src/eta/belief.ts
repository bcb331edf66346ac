/**
 * What is believed of some numbers that nobody can see: normal, with their means and all their covariances. Sums of them
 * that are seen, with noise, change the belief as Kalman's filter does (recursive least squares).
 */
export interface Belief {
  readonly size: number;
  /** The place of a number; one that is new has this mean and this variance, and depends on no other. */
  placeOf(name: string, mean: number, variance: number): number;
  /** The place of a number that is there. */
  find(name: string): number | undefined;
  nameOf(place: number): string;
  mean(place: number): number;
  /** It may have moved by so much meanwhile. */
  widen(place: number, variance: number): void;
  /** A weighted sum of numbers, as it is believed to be. */
  predict(sum: WeightedSum): Prediction;
  /** The sum was seen, with noise of this variance. */
  observe(sum: WeightedSum, value: number, noise: number): void;
  copy(): Belief;
  /** Forgets all others. */
  keep(isKept: (name: string) => boolean): void;
  /** All numbers at once, out of as many independent normal ones: they vary together as they are believed to. */
  sampler(): (normals: Float64Array, into: Float64Array) => void;
  /** For JSON; `createBelief` reads it. */
  stored(): StoredBelief;
}

export interface WeightedSum {
  readonly places: readonly number[];
  readonly weights: readonly number[];
}

export interface Prediction {
  readonly mean: number;
  readonly variance: number;
}

export interface StoredBelief {
  readonly names: readonly string[];
  readonly means: readonly number[];
  /** Rows of the lower triangle, diagonal included. */
  readonly covariance: readonly (readonly number[])[];
}

/** Small enough not to matter, large enough for a root. */
const LEAST_VARIANCE = 1e-12;

export function createBelief(start?: StoredBelief): Belief {
  const names = [...(start?.names ?? [])];
  const places = new Map(names.map((name, place) => [name, place]));
  const means = [...(start?.means ?? [])];
  const rows = names.map((_, a) => names.map((_, b) => start?.covariance[Math.max(a, b)]?.[Math.min(a, b)] ?? 0));
  return beliefOf(names, places, means, rows);
}

function beliefOf(names: string[], places: Map<string, number>, means: number[], rows: number[][]): Belief {
  /** How each number varies with a sum. */
  function gainsOf({ places: of, weights }: WeightedSum): Float64Array {
    const gains = new Float64Array(names.length);
    for (let each = 0; each < gains.length; each++) {
      const row = rows[each] as number[];
      let sum = 0;
      for (let at = 0; at < of.length; at++) sum += (row[of[at] as number] as number) * (weights[at] as number);
      gains[each] = sum;
    }
    return gains;
  }

  function predict({ places: of, weights }: WeightedSum): Prediction {
    let mean = 0;
    let variance = 0;
    for (let a = 0; a < of.length; a++) {
      const place = of[a] as number;
      const weight = weights[a] as number;
      const row = rows[place] as number[];
      mean += (means[place] as number) * weight;
      for (let b = 0; b < of.length; b++)
        variance += (row[of[b] as number] as number) * weight * (weights[b] as number);
    }
    return { mean, variance };
  }

  return {
    get size() {
      return names.length;
    },
    placeOf(name, mean, variance) {
      const known = places.get(name);
      if (known !== undefined) return known;
      const place = names.push(name) - 1;
      places.set(name, place);
      means.push(mean);
      for (const row of rows) row.push(0);
      const row = new Array<number>(place + 1).fill(0);
      row[place] = variance;
      rows.push(row);
      return place;
    },
    find: (name) => places.get(name),
    nameOf: (place) => names[place] as string,
    mean: (place) => means[place] as number,
    widen(place, variance) {
      const row = rows[place] as number[];
      row[place] = (row[place] as number) + variance;
    },
    predict,
    observe(sum, value, noise) {
      const gains = gainsOf(sum);
      let variance = noise;
      for (let at = 0; at < sum.places.length; at++)
        variance += (gains[sum.places[at] as number] as number) * (sum.weights[at] as number);
      const surprise = (value - predict(sum).mean) / variance;
      for (let a = 0; a < gains.length; a++) {
        const gain = gains[a] as number;
        if (gain === 0) continue;
        means[a] = (means[a] as number) + gain * surprise;
        const row = rows[a] as number[];
        const part = gain / variance;
        for (let b = 0; b < gains.length; b++) row[b] = (row[b] as number) - part * (gains[b] as number);
      }
    },
    copy: () =>
      beliefOf(
        names.slice(),
        new Map(places),
        means.slice(),
        rows.map((row) => row.slice()),
      ),
    keep(isKept) {
      const kept = names.flatMap((name, place) => (isKept(name) ? [place] : []));
      const take = <Item>(items: readonly Item[]) => kept.map((place) => items[place] as Item);
      const keptRows = take(rows).map((row) => take(row));
      names.splice(0, names.length, ...take(names));
      means.splice(0, means.length, ...take(means));
      rows.splice(0, rows.length, ...keptRows);
      places.clear();
      for (const [place, name] of names.entries()) places.set(name, place);
    },
    sampler() {
      const root = choleskyOf(rows);
      return (normals, into) => {
        for (let a = 0; a < root.length; a++) {
          const row = root[a] as Float64Array;
          let sum = means[a] as number;
          for (let b = 0; b <= a; b++) sum += (row[b] as number) * (normals[b] as number);
          into[a] = sum;
        }
      };
    },
    stored: () => ({
      names: names.slice(),
      means: means.slice(),
      covariance: rows.map((row, place) => row.slice(0, place + 1)),
    }),
  };
}

/** The lower triangle L with L·Lᵀ = the matrix. */
function choleskyOf(matrix: readonly (readonly number[])[]): readonly Float64Array[] {
  const root: Float64Array[] = [];
  for (const [a, row] of matrix.entries()) {
    const made = new Float64Array(a + 1);
    root.push(made);
    for (let b = 0; b <= a; b++) {
      const other = root[b] as Float64Array;
      let rest = row[b] as number;
      for (let at = 0; at < b; at++) rest -= (made[at] as number) * (other[at] as number);
      made[b] = a === b ? Math.sqrt(Math.max(rest, LEAST_VARIANCE)) : rest / (other[b] as number);
    }
  }
  return root;
}
