/**
 * How long items take, learned from those that have ended. Of an item of kind k:
 *
 *     ln seconds = base + Σ slope · (ln size − centre) + style + content + contention · ln beside
 *                  + warm-up · e^(−start / 45 s) + job + noise of its kind
 *
 * Seconds are those that it was busy, as if nobody else had begun or ended meanwhile. Noise has heavy tails: what is far
 * from what was expected counts less (Student's t with 4 degrees of freedom).
 */
import { type Belief, createBelief, type Prediction, type StoredBelief, type WeightedSum } from "./belief.ts";

/** What is known of an item before it begins. */
export interface ItemTraits {
  /** Without spaces. */
  readonly kind: string;
  /** Such as a style or a template: another way of the same kind of work. */
  readonly style: string | null;
  /** What is worked on, where several items work on the same. */
  readonly content: string | null;
  /** Numbers that its duration may grow with, over 0: frames, seconds, bytes. The first is the most telling. */
  readonly sizes: Readonly<Record<string, number>>;
}

/** How an item stands in the belief: a sum, of which two weights depend on when it begins. */
export interface ItemSum extends WeightedSum {
  readonly weights: number[];
  readonly contention: { readonly at: number; readonly place: number };
  readonly warmUpAt: number;
}

/** What is known of the noise of a kind. */
export interface KindNoise {
  /** Of ln seconds, around what was expected. */
  variance: number;
  /** How many items it comes from, as far as they count. */
  weight: number;
  /** How far off a running item's own rate is: variance of ln(seconds so far / fraction) is spread · (1 − f) / f. */
  spread: number;
  spreadWeight: number;
  /** The share of its time that an item takes after its fraction says that it is done. */
  overhead: number;
  overheadWeight: number;
  /** How many items taught it, all told. */
  seen: number;
  /** Jobs in a row that taught nothing of it. */
  idle: number;
  /** By size: the ln of the first value seen. */
  readonly centres: Map<string, number>;
}

/** What an item told of itself: a fraction after so many busy seconds, and the seconds that all would take at its pace. */
export interface Told {
  readonly fraction: number;
  readonly busySec: number;
  readonly wholeSec: number;
}

/** An item that has ended. */
export interface EndedItem {
  readonly traits: ItemTraits;
  /** How many ran when it began, itself included. */
  readonly beside: number;
  /** When it began, in active seconds of its job. */
  readonly startSec: number;
  readonly busySec: number;
  /** What it told on its way. */
  readonly told: readonly Told[];
}

/** How much jobs differ in pace, all their items alike: the variance of ln seconds, and how many jobs it comes from. */
export interface PaceNoise {
  variance: number;
  weight: number;
}

export interface WorkModel {
  readonly belief: Belief;
  readonly pace: PaceNoise;
  readonly kinds: Map<string, KindNoise>;
  /** @param isSized whether sizes are known of its items: that matters for a kind that is new @defaultValue true */
  noiseOf(kind: string, isSized?: boolean): KindNoise;
  /** @param job the place of the job's own pace */
  sumOf(traits: ItemTraits, job: number): ItemSum;
  copy(): WorkModel;
  stored(): StoredWorkModel;
}

export interface StoredWorkModel {
  readonly belief: StoredBelief;
  /** @defaultValue nothing is known of it: histories of before did not say */
  readonly pace?: Readonly<PaceNoise>;
  readonly kinds: Readonly<
    Record<string, Omit<KindNoise, "centres"> & { readonly centres: Readonly<Record<string, number>> }>
  >;
}

/** Names of what is forgotten with a job. */
const JOB = "job";
const CONTENT = "content ";
const BASE = "base ";
const WARM_UP_SEC = 45;
const MEMORY = 200;
const ROBUST_DEGREES = 4;
const LEAST_SEC = 0.02;
/** Of ln seconds, before any of a kind has ended: where no size says why one takes longer than another, they differ more. */
const SIZED_VARIANCE = 0.25;
const UNSIZED_VARIANCE = 1;

export function createWorkModel(start?: StoredWorkModel): WorkModel {
  const kinds = new Map(
    Object.entries(start?.kinds ?? {}).map(([kind, { centres, ...noise }]) => [
      kind,
      { ...noise, centres: new Map(Object.entries(centres)) },
    ]),
  );
  return modelOf(createBelief(start?.belief), kinds, { ...(start?.pace ?? NEW_PACE) });
}

function modelOf(belief: Belief, kinds: Map<string, KindNoise>, pace: PaceNoise): WorkModel {
  function noiseOf(kind: string, isSized = true): KindNoise {
    const known = kinds.get(kind);
    if (known !== undefined) return known;
    const noise = {
      variance: isSized ? SIZED_VARIANCE : UNSIZED_VARIANCE,
      weight: 4,
      spread: 0.05,
      spreadWeight: 6,
      overhead: 0.02,
      overheadWeight: 4,
      seen: 0,
      idle: 0,
      centres: new Map(),
    };
    kinds.set(kind, noise);
    return noise;
  }

  return {
    belief,
    pace,
    kinds,
    noiseOf,
    sumOf({ kind, style, content, sizes }, job) {
      const { centres } = noiseOf(kind, Object.keys(sizes).length > 0);
      const places = [belief.placeOf(BASE + kind, 1.5, 6.25)];
      const weights = [1];
      const add = (name: string, variance: number, weight: number, mean = 0) => {
        weights.push(weight);
        return places.push(belief.placeOf(name, mean, variance)) - 1;
      };
      let isFirst = true;
      for (const [size, value] of Object.entries(sizes)) {
        if (!(value > 0)) continue;
        const logged = Math.log(value);
        const centre = centres.get(size) ?? logged;
        centres.set(size, centre);
        add(`slope ${kind} ${size}`, isFirst ? 0.09 : 0.16, logged - centre, isFirst ? 1 : 0.2);
        isFirst = false;
      }
      if (style !== null) add(`style ${kind} ${style}`, 0.49, 1);
      if (content !== null) add(CONTENT + content, 0.16, 1);
      const contentionAt = add(`contention ${kind}`, 0.09, 0, 0.3);
      const warmUpAt = add(`warm-up ${kind}`, 0.16, 0);
      places.push(job);
      weights.push(1);
      return { places, weights, contention: { at: contentionAt, place: places[contentionAt] as number }, warmUpAt };
    },
    copy: () =>
      modelOf(
        belief.copy(),
        new Map([...kinds].map(([kind, noise]) => [kind, { ...noise, centres: new Map(noise.centres) }])),
        { ...pace },
      ),
    stored: () => ({
      belief: belief.stored(),
      pace: { ...pace },
      kinds: Object.fromEntries(
        [...kinds].map(([kind, { centres, ...noise }]) => [kind, { ...noise, centres: Object.fromEntries(centres) }]),
      ),
    }),
  };
}

/** Sets the two weights that depend on when an item begins. */
export function beginning(sum: ItemSum, beside: number, startSec: number): ItemSum {
  sum.weights[sum.contention.at] = Math.log(Math.max(1, beside));
  sum.weights[sum.warmUpAt] = Math.exp(-startSec / WARM_UP_SEC);
  return sum;
}

/** How much slower one gets by others beside it, as an exponent: 0 not at all, 1 in full. */
export function contentionOf(model: WorkModel, { contention }: ItemSum): number {
  return Math.max(0, Math.min(1, model.belief.mean(contention.place)));
}

/** One job's learning: its own pace may drift, and jump when several items in a row say so. */
export interface JobLearner {
  /** The place of the job's pace. */
  readonly job: number;
  learn(item: EndedItem, sum: ItemSum): void;
}

/** Before any job has ended, as if four had said so. */
const NEW_PACE: PaceNoise = { variance: 0.09, weight: 4 };
/** The last so many jobs say how much they differ. */
const PACE_MEMORY = 20;
const LEAST_PACE = 0.0025;
const PACE_DRIFT = 0.0006;
const PACE_JUMP = 0.06;

export function createJobLearner(model: WorkModel): JobLearner {
  const { belief } = model;
  const job = belief.placeOf(JOB, 0, model.pace.variance);
  let surprise = 0;
  let count = 0;

  function learnPace(standardised: number): void {
    belief.widen(job, PACE_DRIFT);
    surprise = 0.75 * surprise + 0.25 * Math.max(-2.5, Math.min(2.5, standardised));
    count += 1;
    if (count <= 6 || Math.abs(surprise) <= 1.1) return;
    belief.widen(job, PACE_JUMP);
    surprise *= 0.5;
  }

  return {
    job,
    learn(item, sum) {
      const { traits, beside, startSec, told } = item;
      const busySec = Math.max(LEAST_SEC, item.busySec);
      const noise = model.noiseOf(traits.kind);
      const value = Math.log(busySec);
      beginning(sum, beside, startSec);
      const { mean, variance } = belief.predict(sum);
      const standardised = (value - mean) / Math.sqrt(variance + noise.variance);
      learnPace(standardised);
      const robust = (ROBUST_DEGREES + standardised ** 2) / (ROBUST_DEGREES + 1);
      belief.observe(sum, value, noise.variance * robust);
      learnFractions(noise, told, busySec);
      const squared = Math.min(9 * noise.variance, (value - mean) ** 2 / (1 + variance / noise.variance));
      noise.seen += 1;
      noise.idle = 0;
      noise.weight = Math.min(MEMORY, noise.weight + 1);
      noise.variance = Math.max(0.0025, noise.variance + (squared - noise.variance) / noise.weight);
    },
  };
}

/** Learns how well what an item told of itself on its way foretold its end. */
function learnFractions(noise: KindNoise, told: EndedItem["told"], busySec: number): void {
  for (const { fraction, wholeSec } of told) {
    if (!(fraction > 0.05 && fraction < 0.9)) continue;
    const off = Math.log(wholeSec / (1 - noise.overhead)) - Math.log(busySec);
    noise.spreadWeight = Math.min(60, noise.spreadWeight + 1);
    const seen = Math.min(1, (off * off * fraction) / (1 - fraction));
    noise.spread = Math.max(0.002, noise.spread + (seen - noise.spread) / noise.spreadWeight);
  }
  const last = told.at(-1);
  if (last === undefined || last.fraction <= 0.5 || busySec <= 1.5) return;
  const after = Math.max(0, Math.min(0.3, 1 - last.busySec / last.fraction / busySec));
  noise.overheadWeight = Math.min(60, noise.overheadWeight + 1);
  noise.overhead += (after - noise.overhead) / noise.overheadWeight;
}

/** By what is believed of one job's pace: where nothing is, this is what was believed of all of them (one step of EM). */
function learnPaceNoise(pace: PaceNoise, { mean, variance }: Prediction): void {
  pace.weight = Math.min(PACE_MEMORY, pace.weight + 1);
  pace.variance = Math.max(LEAST_PACE, pace.variance + (mean * mean + variance - pace.variance) / pace.weight);
}

/** So many numbers are believed in at most; beyond, the kinds go that were not seen for longest. */
const MAX_SIZE = 48;

/** Forgets what is of one job alone, and is a little less sure of the rest than before. */
export function endJob({ belief, kinds, pace }: WorkModel): void {
  const job = belief.find(JOB);
  if (job !== undefined) learnPaceNoise(pace, belief.predict({ places: [job], weights: [1] }));
  belief.keep((name) => name !== JOB && !name.startsWith(CONTENT));
  for (const noise of kinds.values()) noise.idle += 1;
  const oldest = [...kinds].toSorted(([, a], [, b]) => b.idle - a.idle);
  for (const [kind] of oldest) {
    if (belief.size <= MAX_SIZE || kinds.size === 1) break;
    kinds.delete(kind);
    belief.keep((name) => !isOf(kind, name));
  }
  for (let place = 0; place < belief.size; place++)
    belief.widen(place, belief.nameOf(place).startsWith(BASE) ? 0.004 : 0.001);
}

/** Whether a number is one of a kind's. */
function isOf(kind: string, name: string): boolean {
  const [, ofKind = ""] = /^(?:base|slope|style|contention|warm-up) (.*)$/.exec(name) ?? [];
  return ofKind === kind || ofKind.startsWith(`${kind} `);
}
