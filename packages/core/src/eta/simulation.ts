import type { Prediction } from "./belief.ts";
import type { RawForecast } from "./calibration.ts";
import { normalCdf, normalDensity, normalDraw, normalQuantile, seedOf, uniformDraw } from "./normal.ts";
import { type OwnPace, secondsAtPace } from "./own-pace.ts";
import { createSchedule, type LeftItem, type StartLimits } from "./schedule.ts";
import type { KnownRate } from "./start-rate.ts";
import { beginning, type ItemSum, type ItemTraits, type KindNoise, type Told, type WorkModel } from "./work-model.ts";

export type ItemState = "waiting" | "running" | "done";

/** An item of a job whose end is forecast. */
export interface ForecastItem {
  traits: ItemTraits;
  /** It begins when all of lower phases have ended. */
  readonly phase: number;
  /** Its draws are the same in each forecast. */
  readonly seed: number;
  sum: ItemSum;
  readonly noise: KindNoise;
  state: ItemState;
  /** 0..1, as it tells itself; 0 where it tells nothing. */
  fraction: number;
  /** How long it has been at work, as if as many had run all the time as when it began. */
  busySec: number;
  /** How many ran when it began, itself included. */
  beside: number;
  startSec: number;
  /** It has its place, but may not set to work before: later than it began where a rate was declared. */
  workSec: number;
  /** Null before it has told anything. */
  pace: OwnPace | null;
  readonly told: Told[];
}

export interface Simulated {
  readonly model: WorkModel;
  readonly items: readonly ForecastItem[];
  readonly running: readonly ForecastItem[];
  readonly slots: number;
  readonly activeSec: number;
  readonly blockedSec: number;
  /** ln of starts a second, where this job was held back. */
  readonly rate: { readonly mean: number; readonly variance: number } | null;
  /** What held past jobs back, where this one was not yet. */
  readonly pastRate: KnownRate | null;
  readonly startCount: number;
  /** The share of attempts that fail, and are made again. */
  readonly failing: number;
  readonly growth: { readonly mean: number; readonly sd: number } | null;
}

/** So many times the rest of the job is drawn. */
const ROUNDS = 64;
/** Beyond so many that wait, the first of them are added up instead of simulated one by one. */
const MAX_WAITING = 160;
/** Of those that are added up, at most so many are looked at. */
const MAX_FLUID = 256;
const RATE_SEED = seedOf("start rate");
const RETRY_SEED = seedOf("retries");
const MAX_RETRIES = 3;
const GROWTH_SEED = seedOf("growth");
const FLUID_SEED = seedOf("fluid");

/** What is foreseen of an open item, in active seconds from now on. */
export interface ItemOutlook {
  readonly item: ForecastItem;
  /** 0 for one that runs. */
  readonly startSec: number;
  readonly endSec: number;
  readonly lowSec: number;
  readonly highSec: number;
}

/** Rounds for single items: enough for a picture. */
const OUTLOOK_ROUNDS = 24;

/** When each of the first open items begins and ends, as often drawn. */
export function outlookOf(job: Simulated, limit: number): readonly ItemOutlook[] {
  const model = withRunning(job);
  const open = [...job.running, ...waitingOf(job.items)].slice(0, limit);
  for (const item of open) {
    if (item.state === "running") beginning(item.sum, item.beside, item.startSec);
    else beginning(item.sum, job.slots, job.activeSec);
  }
  const drawings = open.map((item) => drawingOf(item, job));
  const left = drawings.map((drawing) => drawing.left);
  const starts = open.map(() => new Float64Array(OUTLOOK_ROUNDS));
  const ends = open.map(() => new Float64Array(OUTLOOK_ROUNDS));
  const draw = drawsOf(model);
  const scheduleSec = createSchedule();
  for (let round = 0; round < OUTLOOK_ROUNDS; round++) {
    drawItems(drawings, draw(round), round, job.failing);
    scheduleSec(left, { slots: job.slots, blockedSec: job.blockedSec, ...startsOf(job, round) });
    for (const [at, { startSec = 0, endSec = 0 }] of left.entries()) {
      (starts[at] as Float64Array)[round] = startSec;
      (ends[at] as Float64Array)[round] = endSec;
    }
  }
  return open.map((item, at) => {
    const sorted = (ends[at] as Float64Array).sort();
    const [lowSec, endSec, highSec] = [0.1, 0.5, 0.9].map((share) => quantileOf(sorted, share)) as [
      number,
      number,
      number,
    ];
    const startSec = quantileOf((starts[at] as Float64Array).sort(), 0.5);
    // Those that begin early also end early; beside a start that is expected, an end before it makes no sense.
    return { item, startSec, endSec, lowSec: Math.max(startSec, lowSec), highSec };
  });
}

/** All numbers of a model, by rounds; what is given is overwritten by the next. */
function drawsOf({ belief }: WorkModel): (round: number) => Float64Array {
  const seeds = Array.from({ length: belief.size }, (_, place) => seedOf(belief.nameOf(place)));
  const sample = belief.sampler();
  const normals = new Float64Array(belief.size);
  const drawn = new Float64Array(belief.size);
  return (round) => {
    for (let place = 0; place < normals.length; place++) normals[place] = normalDraw(seeds[place] as number, round);
    sample(normals, drawn);
    return drawn;
  };
}

/** Whether an item that runs takes longer than almost all like it would: the chance of that is under 1 %. */
export function isSlow({ model }: Pick<Simulated, "model">, item: ForecastItem): boolean {
  if (item.state !== "running" || item.busySec <= 0) return false;
  const soFar = tellingOf(item) > 0.1 ? wholeSecOf(item) : item.busySec;
  const { mean, variance } = model.belief.predict(beginning(item.sum, item.beside, item.startSec));
  return normalCdf((Math.log(soFar) - mean) / Math.sqrt(variance + item.noise.variance)) > 0.99;
}

/** Draws the rest of the job again and again. */
export function simulate(job: Simulated): RawForecast {
  const { items, slots, activeSec, blockedSec, growth } = job;
  const model = withRunning(job);
  const draw = drawsOf(model);
  const waiting = waitingOf(items);
  const fluid = fluidOf(waiting.slice(0, Math.max(0, waiting.length - MAX_WAITING)));
  const single = [...job.running, ...waiting.slice(fluid.count)];
  for (const item of [...single, ...fluid.items]) beginning(item.sum, slots, activeSec);
  for (const item of job.running) beginning(item.sum, item.beside, item.startSec);
  const drawings = single.map((item) => drawingOf(item, job));
  const left = drawings.map((drawing) => drawing.left);
  const scheduleSec = createSchedule();
  const results = new Float64Array(ROUNDS);
  for (let round = 0; round < ROUNDS; round++) {
    const drawn = draw(round);
    const starts = startsOf(job, round);
    drawItems(drawings, drawn, round, job.failing);
    const fluidSec = fluid.count === 0 ? 0 : drawFluid(fluid, drawn, round, job, starts.rate);
    const limits = { slots, blockedSec, ...starts };
    const sec = fluidSec + scheduleSec(left, limits);
    results[round] =
      growth === null ? sec : sec * Math.exp(Math.max(0, growth.mean + growth.sd * normalDraw(GROWTH_SEED, round)));
  }
  results.sort();
  return { medianSec: quantileOf(results, 0.5), lowSec: quantileOf(results, 0.1), highSec: quantileOf(results, 0.9) };
}

/** Those that wait, in the order in which they will begin. */
function waitingOf(items: readonly ForecastItem[]): ForecastItem[] {
  const waiting = items.filter(({ state }) => state === "waiting");
  const first = waiting[0]?.phase;
  return waiting.every(({ phase }) => phase === first) ? waiting : waiting.toSorted((a, b) => a.phase - b.phase);
}

/** How items may begin, by one draw: as this job was held back, or as past ones were. */
function startsOf({ rate, pastRate, startCount }: Simulated, round: number): Pick<StartLimits, "rate" | "burst"> {
  const z = normalDraw(RATE_SEED, round);
  if (rate !== null) return { rate: Math.exp(rate.mean + Math.sqrt(rate.variance) * z), burst: 0 };
  if (pastRate === null) return { rate: null, burst: Number.POSITIVE_INFINITY };
  // Who may begin more in a minute may mostly begin more at once.
  const ratio = Math.exp(Math.sqrt(pastRate.variance) * z);
  return { rate: pastRate.rate * ratio, burst: Math.max(0, pastRate.burst * ratio - startCount) };
}

/** What an item is expected to take, in ln seconds, by one draw of all that is believed. */
function expectedOf({ places, weights }: ItemSum, drawn: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < places.length; at++) sum += (drawn[places[at] as number] as number) * (weights[at] as number);
  return sum;
}

/** An item, with all that is the same in each draw of it. */
interface Drawing {
  readonly sum: ItemSum;
  readonly seed: number;
  /** Of ln seconds. */
  readonly sd: number;
  /** How many are at work beside it, itself included. */
  readonly beside: number;
  /** Before it may set to work. */
  readonly waitSec: number;
  /** What is left of this attempt, by what the draw expects of it, in ln seconds. */
  readonly restSec: (expected: number, round: number) => number;
  /** What the last draw said. */
  readonly left: LeftItem;
}

function drawingOf(item: ForecastItem, { slots, activeSec }: Simulated): Drawing {
  const { sum, seed, phase, noise } = item;
  const isRunning = item.state === "running";
  return {
    ...{ sum, seed, sd: Math.sqrt(noise.variance), restSec: restOf(item) },
    beside: isRunning ? item.beside : slots,
    waitSec: isRunning ? Math.max(0, item.workSec - activeSec) : 0,
    left: { sec: 0, contention: 0, phase, isRunning },
  };
}

function restOf(item: ForecastItem): Drawing["restSec"] {
  const { noise, seed, busySec } = item;
  const sd = Math.sqrt(noise.variance);
  if (item.state !== "running") return (expected, round) => Math.exp(expected + sd * normalDraw(seed, round));
  const fraction = tellingOf(item);
  if (fraction > 0.005 && busySec > 0.2) {
    const own = spreadOf(fraction, noise);
    const weight = noise.variance / (noise.variance + own);
    const told = Math.log(wholeSecOf(item));
    const restSd = Math.sqrt(noise.variance * (1 - weight));
    return (expected, round) =>
      (1 - fraction) * Math.exp(expected + weight * (told - expected) + restSd * normalDraw(seed, round));
  }
  const soFar = Math.log(Math.max(1e-3, busySec));
  return (expected, round) =>
    Math.max(0, Math.exp(expected + sd * beyond((soFar - expected) / sd, uniformDraw(seed, round))) - busySec);
}

/** A normal number that is known to be greater than another one; by its share, 0..1, of those that are. */
function beyond(least: number, share: number): number {
  const behind = normalCdf(least);
  if (behind > 1 - 1e-7) return least - Math.log(1 - share) / Math.max(least, 1);
  return normalQuantile(behind + share * (1 - behind));
}

/** Says what is left of each, by one draw. Allocates nothing: it is most of what a forecast costs. */
function drawItems(drawings: readonly Drawing[], drawn: Float64Array, round: number, failing: number): void {
  for (let at = 0; at < drawings.length; at++) {
    const { sum, seed, sd, beside, waitSec, restSec, left } = drawings[at] as Drawing;
    const expected = expectedOf(sum, drawn);
    const contention = Math.max(0, Math.min(1, drawn[sum.contention.place] as number));
    const again = retriesOf(seed, round, failing);
    const whole = again === 0 ? 0 : again * Math.exp(expected + sd * normalDraw(seed, round));
    left.contention = contention;
    left.sec =
      (waitSec + restSec(expected, round) + whole) * (contention > 0 && beside > 1 ? beside ** -contention : 1);
  }
}

/** How often an item is done again, by one draw: so often in a row an attempt fails. */
function retriesOf(seed: number, round: number, failing: number): number {
  const share = uniformDraw(seed ^ RETRY_SEED, round);
  let retries = 0;
  for (let chance = failing; share < chance && retries < MAX_RETRIES; chance *= failing) retries += 1;
  return retries;
}

/** Many items at once: their sum is nearly normal. */
function drawFluid(
  { items, count }: Fluid,
  drawn: Float64Array,
  round: number,
  { slots, failing, rate: ownRate }: Simulated,
  rate: number | null,
): number {
  let mean = 0;
  let variance = 0;
  for (const { sum, noise } of items) {
    const sec = Math.exp(expectedOf(sum, drawn) + noise.variance / 2);
    mean += sec;
    variance += sec * sec * (Math.exp(noise.variance) - 1);
  }
  const share = items.length / count;
  const all = mean / share + Math.sqrt(variance / share) * normalDraw(FLUID_SEED, round);
  const sec = Math.max(0, all) / (1 - failing) / slots;
  return ownRate === null || rate === null ? sec : Math.max(sec, count / (1 - failing) / rate);
}

/** Items that are added up: some of them, evenly spread, stand for all. */
interface Fluid {
  readonly items: readonly ForecastItem[];
  readonly count: number;
}

function fluidOf(items: readonly ForecastItem[]): Fluid {
  const every = Math.max(1, Math.ceil(items.length / MAX_FLUID));
  return { items: every === 1 ? items : items.filter((_, at) => at % every === 0), count: items.length };
}

/** The fraction that an item tells, as far as the item is not the last to know. */
function tellingOf({ fraction, noise }: ForecastItem): number {
  return fraction * (1 - noise.overhead);
}

/** How long it takes in all, by its own pace, with what comes after it says that it is done. Only of one that has told. */
function wholeSecOf({ pace, fraction, busySec, noise }: ForecastItem): number {
  return secondsAtPace(pace as OwnPace, fraction, busySec) / (1 - noise.overhead);
}

function spreadOf(fraction: number, { spread }: KindNoise): number {
  return (spread * (1 - fraction)) / Math.max(0.02, fraction) + 0.004;
}

/** What running items say of the job's pace, and of others of their kind, before they end. */
function withRunning({ model, running }: Simulated): WorkModel {
  let changed: WorkModel | null = null;
  for (const item of running) {
    const { sum, noise, busySec } = item;
    if (busySec <= 0) continue;
    beginning(sum, item.beside, item.startSec);
    const fraction = tellingOf(item);
    if (fraction > 0.01 && busySec > 0.3) {
      changed ??= model.copy();
      changed.belief.observe(sum, Math.log(wholeSecOf(item)), noise.variance + spreadOf(fraction, noise));
    } else if (!(fraction > 0)) {
      const seen = unfinished(model.belief.predict(sum), noise.variance, Math.log(busySec));
      if (seen === null) continue;
      changed ??= model.copy();
      changed.belief.observe(sum, seen.value, seen.noise);
    }
  }
  return changed ?? model;
}

/** What is unfinished and was not to be expected to have finished says next to nothing. */
const LEAST_TOLD = 0.02;

/**
 * What it says that an item has run for so long and has not ended: the observation, with normal noise, that moves a belief
 * as that does. Without it, the first that end, which are the short ones, would speak for all.
 *
 * With z = (ln seconds − mean) / sd and h the hazard of a normal there, what is beyond has the mean + sd · h, and the
 * variance sd² · (1 − h · (h − z)).
 */
function unfinished({ mean, variance }: Prediction, noise: number, soFarLn: number) {
  const sd = Math.sqrt(variance + noise);
  const z = (soFarLn - mean) / sd;
  const hazard = z > 6 ? z + 1 / z : normalDensity(z) / (1 - normalCdf(z));
  const told = hazard * (hazard - z);
  if (told < LEAST_TOLD) return null;
  return { value: mean + sd / (hazard - z), noise: (sd * sd) / told - variance };
}

function quantileOf(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] as number;
  return low + ((sorted[Math.min(sorted.length - 1, below + 1)] as number) - low) * (at - below);
}
