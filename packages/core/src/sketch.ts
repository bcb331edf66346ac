/**
 * A DDSketch: keeps how often values of each magnitude came, not the values, and so tells any percentile of any number
 * of them within a stated relative error. Sketches of parts merge into exactly the sketch of the whole.
 *
 * Bucket `i` holds the values in (γ^(i-1), γ^i], γ = (1 + α) / (1 - α). What is no positive number, or smaller than
 * {@link MIN_VALUE}, counts as 0; what is larger than {@link MAX_VALUE}, as that. So there are at most 2,073 buckets,
 * 16 kB, whatever is added.
 */
import { addEncoded, encodeBuckets, readBuckets, type SketchBuckets } from "./sketch-text.ts";

/** A percentile is off by at most this share of its true value, for values from 1e-6 to 1e12; 0 is told exactly. */
export const SKETCH_RELATIVE_ERROR = 0.01;

/** Of milliseconds, a nanosecond: less counts as 0. */
const MIN_VALUE = 1e-6;
/** Of milliseconds, 31 years: more counts as this. */
const MAX_VALUE = 1e12;

const GAMMA = (1 + SKETCH_RELATIVE_ERROR) / (1 - SKETCH_RELATIVE_ERROR);
const PER_LOG = 1 / Math.log(GAMMA);
const FIRST_BUCKET = Math.ceil(Math.log(MIN_VALUE) * PER_LOG);
const BUCKETS = Math.ceil(Math.log(MAX_VALUE) * PER_LOG) - FIRST_BUCKET + 1;
/** The value of a bucket from which its ends are equally far, as shares of themselves. */
const MIDDLE = 2 / (GAMMA + 1);
/** Room is made for so many more buckets than are needed, or half as many as there are: neighbours mostly come next. */
const SPARE_BUCKETS = 16;

export interface Sketch extends SketchBuckets {
  /** @param count how often the value came; a whole number. @defaultValue 1 */
  add(value: number, count?: number): void;
  /** Adds all that the other one has, which stays as it is. */
  merge(other: SketchBuckets): void;
  /** Takes away all that the other one has, which was merged or added before. */
  remove(other: SketchBuckets): void;
  /**
   * The value at a share (0..1) of the values in their order, within {@link SKETCH_RELATIVE_ERROR} of the true one (of
   * two neighbours, the lower); null of no values.
   */
  quantile(share: number): number | null;
  /** How many values there are. */
  readonly count: number;
  /** The sketch as a short text of printable ASCII, for {@link decodeSketch}; the same for the same values in any order. */
  encode(): string;
}

/** A sketch of nothing yet. */
export const createSketch = (): Sketch => sketchOf(0, 0, new Float64Array(0));

/** @param counts of the buckets from `first` on, only as far as there are values: the sketch's from then on */
function sketchOf(zeros: number, first: number, counts: Float64Array): Sketch {
  let total = counts.reduce((sum, count) => sum + count, zeros);

  function addTo(bucket: number, count: number): void {
    let at = bucket - first;
    if (at < 0 || at >= counts.length) {
      makeRoom(bucket);
      at = bucket - first;
    }
    counts[at] = (counts[at] as number) + count;
  }

  function makeRoom(bucket: number): void {
    const isEmpty = counts.length === 0;
    const spare = Math.max(SPARE_BUCKETS, counts.length >> 1);
    const end = first + counts.length;
    const from = Math.max(0, isEmpty || bucket < first ? bucket - spare : first);
    const to = Math.min(BUCKETS, isEmpty || bucket >= end ? bucket + 1 + spare : end);
    const roomier = new Float64Array(to - from);
    if (!isEmpty) roomier.set(counts, first - from);
    first = from;
    counts = roomier;
  }

  function each(visit: (place: number, count: number) => void): void {
    if (zeros > 0) visit(0, zeros);
    for (let at = 0; at < counts.length; at++) {
      const count = counts[at] as number;
      if (count > 0) visit(first + at + 1, count);
    }
  }

  return {
    add(value, count = 1) {
      total += count;
      if (value >= MIN_VALUE) {
        const bucket = Math.ceil(Math.log(value) * PER_LOG) - FIRST_BUCKET;
        addTo(bucket < BUCKETS ? bucket : BUCKETS - 1, count);
      } else zeros += count;
    },
    merge(other) {
      other.each((place, count) => {
        total += count;
        if (place === 0) zeros += count;
        else addTo(place - 1, count);
      });
    },
    remove(other) {
      other.each((place, count) => {
        total -= count;
        if (place === 0) zeros -= count;
        else addTo(place - 1, -count);
      });
    },
    quantile(share) {
      if (total === 0) return null;
      const rank = Math.floor(Math.min(1, Math.max(0, share)) * (total - 1));
      let seen = zeros;
      let at = -1;
      while (rank >= seen) seen += counts[++at] as number;
      return bucketValue(at < 0 ? 0 : first + at + 1);
    },
    get count() {
      return total;
    },
    encode: () => encodeBuckets({ each }),
    each,
  };
}

/**
 * The sketch that `encode` made a text of.
 * @throws PlayheadError `validation_error` for any other text
 */
export function decodeSketch(text: string): Sketch {
  const sketch = createSketch();
  sketch.merge(encodedBuckets(text));
  return sketch;
}

/** What an encoded sketch holds, to be merged without being made one: `each` throws where `decodeSketch` would. */
export function encodedBuckets(text: string): SketchBuckets {
  return { each: (visit) => readBuckets(text, BUCKETS, visit) };
}

/** Where encoded sketches are added up, by place: empty in between. */
const sums = /* @__PURE__ */ new Float64Array(BUCKETS + 1);

/**
 * The sketch of what encoded sketches hold together, which stand one after the other with spaces between them: in a
 * third of the time that merging each takes. Of one that is damaged it has what comes before the damage.
 */
export function sumEncoded(texts: string): Sketch {
  addEncoded(texts, sums);
  const [zeros = 0] = sums;
  let from = 1;
  let to = sums.length;
  while (from < to && sums[from] === 0) from += 1;
  while (to > from && sums[to - 1] === 0) to -= 1;
  const counts = sums.slice(from, to);
  sums.fill(0, 0, to);
  return sketchOf(zeros, from - 1, counts);
}

const VALUES = /* @__PURE__ */ Float64Array.from({ length: BUCKETS + 1 }, (_, place) =>
  place === 0 ? 0 : GAMMA ** (place - 1 + FIRST_BUCKET) * MIDDLE,
);

/** The value that stands for a bucket; 0 for place 0. */
export function bucketValue(place: number): number {
  return VALUES[place] as number;
}
