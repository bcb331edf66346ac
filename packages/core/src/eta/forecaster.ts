/**
 * When a job will be done. Each item that is left is drawn many times, as the model of work believes it to last; each
 * draw is run through a simulation of the job's slots; the times that come out are the forecast, and past jobs' errors
 * make the interval honest. The same draws are taken each time, so that a forecast moves by what has happened alone.
 *
 * All times are active seconds of the job: since it began, without its pauses.
 */
import {
  bucketOf,
  type CalibratedForecast,
  calibrate,
  learnScores,
  type MadeForecast,
  widthOf,
} from "./calibration.ts";
import type { ForecastHistory } from "./forecast-history.ts";
import { createGrowth } from "./growth.ts";
import { seedOf } from "./normal.ts";
import { newPace, notePace, type OwnPace, secondsAtPace } from "./own-pace.ts";
import { createRetryRate } from "./retry-rate.ts";
import {
  type ForecastItem,
  type ItemOutlook,
  type ItemState,
  isSlow,
  outlookOf,
  type Simulated,
  simulate,
} from "./simulation.ts";
import { createSlotCount } from "./slot-count.ts";
import { createStartRate } from "./start-rate.ts";
import {
  beginning,
  contentionOf,
  createJobLearner,
  type EndedItem,
  endJob,
  type ItemTraits,
  type WorkModel,
} from "./work-model.ts";

export interface JobForecaster {
  /**
   * An item is known.
   *
   * @param place.phase it begins when all of lower phases have ended @defaultValue 0
   * @param place.isPlanned it takes the place of one that was known, or comes with such: the job has not grown by it
   * @returns its number, from 0 on
   */
  add(traits: ItemTraits, place?: { readonly phase?: number; readonly isPlanned?: boolean }): number;
  /** All are known that the job begins with: what comes later is found on the way. */
  begun(): void;
  /** @param sizes what is known of it only now */
  started(item: number, activeSec: number, sizes?: ItemTraits["sizes"]): void;
  /** @param fraction 0..1 of it, as it tells itself */
  progressed(item: number, fraction: number, activeSec: number): void;
  ended(item: number, activeSec: number): void;
  /** It will be tried again: also one that was dropped. */
  failed(item: number, activeSec: number): void;
  /** It is over without having been done, so that it teaches nothing. */
  dropped(item: number, activeSec: number): void;
  /** Others have come in its place, of which it is made. */
  replaced(item: number, activeSec: number): void;
  /** What an item that was replaced took in all, from when it began. */
  witnessed(traits: ItemTraits, startSec: number, activeSec: number): void;
  /** Nothing begins before that time. */
  limited(activeSec: number, untilSec: number): void;
  /** So many items a second may begin at most, as somebody declared. */
  paced(startsPerSec: number): void;
  /** Whether those that run are not at work, since somebody else holds them back. */
  held(isHeld: boolean, activeSec: number): void;
  forecast(activeSec: number): CalibratedForecast;
  /** When the first so many open items begin and end, as seconds from now; those that run first. */
  outlook(activeSec: number, limit: number): readonly ItemForecast[];
  /** What a forecast is made from. */
  basis(): ForecasterBasis;
  /** The job is done: what it taught goes into the history. */
  finish(activeSec: number): void;
}

/** When an item begins and ends: active seconds from now on. */
export interface ItemForecast extends Omit<ItemOutlook, "item"> {
  readonly item: number;
  /** It runs, and takes longer than almost all like it would. */
  readonly isSlow: boolean;
}

export interface ForecasterBasis {
  /** Past jobs of the template. */
  readonly jobs: number;
  /** Past items of the kinds that are left, or of all of this job's where none is left. */
  readonly pastItems: number;
  /** What most of those are that are left; null where none is. */
  readonly kind: string | null;
  /** Items of this job that have ended. */
  readonly ownItems: number;
  readonly itemsLeft: number;
  readonly itemsTotal: number;
  readonly slots: number;
  /** How many times as long as usual this job's items take; null where nobody can say. */
  readonly pace: number | null;
}

export interface JobForecasterOptions {
  readonly history: ForecastHistory;
  /** Jobs that are made alike: mostly, the job's kind. */
  readonly template: string;
  /** How many items run at a time; null: as many as are seen to, and before that as in past jobs. */
  readonly slots: number | null;
}

/** Items that a job teaches its history, at most: spread over all of it. */
const MAX_LEARNED = 100;
/** Items that were replaced, as a job teaches them. */
const MAX_WITNESSED = 16;
/** A pace that may as well be the usual one, at so many standard deviations, is not worth a word. */
const SURE = 1.6;
/** A forecast is scored once for each fiftieth of the way. */
const SCORED_STEPS = 50;
/** Items that began so shortly one after the other began together. */
const TOGETHER_SEC = 0.05;

export function createJobForecaster(options: JobForecasterOptions): JobForecaster {
  const { history, template } = options;
  const known = history.templateOf(template);
  const pastJobs = known.jobs;
  const model = history.model.copy();
  const learner = createJobLearner(model);
  const items: ForecastItem[] = [];
  const rate = createStartRate(known.rate);
  const retries = createRetryRate(known.retries);
  const made: (MadeForecast & { readonly step: number })[] = [];
  const learned: EndedItem[] = [];
  const witnessed: EndedItem[] = [];
  const slots = createSlotCount(options.slots, known.slots);
  /** Of each kind, how many past jobs have taught. */
  const pastOf = new Map<string, number>();
  let running: ForecastItem[] = [];
  let knownCount = 0;
  let doneCount = 0;
  let hasBegun = false;
  let endedCount = 0;
  let atFirst = 0;
  let nowSec = 0;
  let blockedUntilSec = 0;
  let isHeld = false;
  const growth = createGrowth(known.growth, () => Math.max(1, atFirst));

  /** Those that run were busy until now: as if as many ran as when they began. */
  function advance(toSec: number): void {
    const fromSec = nowSec;
    nowSec = toSec;
    if (!(toSec > fromSec) || isHeld) return;
    const count = running.length;
    for (const item of running)
      item.busySec +=
        Math.max(0, toSec - Math.max(fromSec, item.workSec)) *
        (count === item.beside ? 1 : (count / item.beside) ** -contentionOf(model, item.sum));
  }

  function leave(item: ForecastItem, state: ItemState): void {
    if (item.state === "done") doneCount -= 1;
    slots.moved(item, state);
    item.state = state;
    if (state === "done") doneCount += 1;
    running = running.filter((each) => each !== item);
  }

  function stateAt(activeSec: number): Simulated {
    return {
      ...{ model, items, running, activeSec, slots: slots.count() },
      blockedSec: Math.max(0, blockedUntilSec - activeSec, rate.nextSec() - activeSec),
      rate: rate.estimate(activeSec),
      pastRate: rate.wasLimited || known.rate === null ? null : known.rate,
      startCount: rate.startCount,
      failing: retries.share(),
      growth: growth.estimate(knownCount, doneCount),
    };
  }

  function paceOf(): number | null {
    if (pastJobs === 0 || endedCount < 2) return null;
    const { mean, variance } = model.belief.predict({ places: [learner.job], weights: [1] });
    return Math.abs(mean) > SURE * Math.sqrt(variance) ? Math.exp(mean) : null;
  }

  const itemAt = (item: number) => items[item] as ForecastItem;

  return {
    add(traits, { phase = 0, isPlanned = false } = {}) {
      const number = items.length;
      const sum = model.sumOf(traits, learner.job);
      const noise = model.noiseOf(traits.kind);
      if (!pastOf.has(traits.kind)) pastOf.set(traits.kind, noise.seen);
      const item: ForecastItem = {
        ...{ traits, phase, seed: seedOf(`${number}#${traits.kind}`), sum, noise, state: "waiting", told: [] },
        ...{ pace: null, fraction: 0, busySec: 0, beside: 1, startSec: 0, workSec: 0 },
      };
      items.push(item);
      slots.added(item);
      knownCount += 1;
      if (hasBegun && isPlanned) atFirst += 1;
      else if (hasBegun) growth.found(doneCount);
      return number;
    },
    begun() {
      hasBegun = true;
      atFirst = knownCount;
    },
    started(number, activeSec, sizes) {
      advance(activeSec);
      const item = itemAt(number);
      leave(item, "running");
      item.startSec = activeSec;
      item.busySec = 0;
      item.fraction = 0;
      item.pace = null;
      item.told.length = 0;
      running.push(item);
      item.beside = running.length;
      for (const other of running)
        if (activeSec - other.startSec < TOGETHER_SEC) other.beside = Math.max(other.beside, running.length);
      if (sizes !== undefined) {
        item.traits = { ...item.traits, sizes: { ...item.traits.sizes, ...sizes } };
        item.sum = model.sumOf(item.traits, learner.job);
      }
      item.workSec = rate.started(activeSec);
    },
    progressed(number, fraction, activeSec) {
      advance(activeSec);
      const item = itemAt(number);
      item.fraction = fraction;
      // Whatever was declared: it is at work.
      item.workSec = Math.min(item.workSec, activeSec);
      item.pace ??= newPace();
      notePace(item.pace, fraction, item.busySec);
      tell(item, item.pace, fraction);
    },
    ended(number, activeSec) {
      advance(activeSec);
      const item = itemAt(number);
      if (item.state === "running") {
        const { traits, beside, startSec, told } = item;
        // One that has ended was at work, whatever was declared.
        const busySec = item.workSec < activeSec ? item.busySec : activeSec - startSec;
        const ended = { traits, beside, startSec, busySec, told };
        learner.learn(ended, item.sum);
        keepSome(learned, ended, endedCount);
        endedCount += 1;
      }
      item.fraction = 1;
      retries.ended();
      leave(item, "done");
    },
    failed(number, activeSec) {
      advance(activeSec);
      const item = itemAt(number);
      item.fraction = 0;
      retries.failed();
      leave(item, "waiting");
    },
    dropped(number, activeSec) {
      advance(activeSec);
      leave(itemAt(number), "done");
    },
    replaced(number, activeSec) {
      advance(activeSec);
      leave(itemAt(number), "done");
      doneCount -= 1;
      knownCount -= 1;
      atFirst = Math.max(0, atFirst - 1);
    },
    witnessed(traits, startSec, activeSec) {
      if (witnessed.length >= MAX_WITNESSED) return;
      witnessed.push({ traits, startSec, beside: 1, busySec: activeSec - startSec, told: [] });
    },
    limited(activeSec, untilSec) {
      advance(activeSec);
      rate.limited(activeSec);
      blockedUntilSec = untilSec;
    },
    paced: rate.declared,
    held(held, activeSec) {
      advance(activeSec);
      isHeld = held;
    },
    forecast(activeSec) {
      advance(activeSec);
      growth.seen(knownCount, doneCount);
      const raw = simulate(stateAt(activeSec));
      const bucket = bucketOf(activeSec, raw.medianSec);
      const step = Math.floor((SCORED_STEPS * activeSec) / (activeSec + raw.medianSec));
      if (made.at(-1)?.step !== step)
        made.push({ step, activeSec, rawSec: raw.medianSec, width: widthOf(raw), bucket });
      return calibrate(known.calibration, raw, bucket);
    },
    outlook(activeSec, limit) {
      advance(activeSec);
      const numbers = new Map(items.map((item, number) => [item, number]));
      return outlookOf(stateAt(activeSec), limit).map(({ item, ...times }) => ({
        ...times,
        item: numbers.get(item) as number,
        isSlow: isSlow({ model }, item),
      }));
    },
    basis() {
      const left = new Map<string, number>();
      for (const { state, traits } of items)
        if (state !== "done") left.set(traits.kind, (left.get(traits.kind) ?? 0) + 1);
      const [most] = [...left].toSorted(([, a], [, b]) => b - a);
      let pastItems = 0;
      for (const kind of left.size > 0 ? left.keys() : pastOf.keys()) pastItems += pastOf.get(kind) ?? 0;
      return {
        ...{ jobs: pastJobs, pastItems, kind: most?.[0] ?? null, ownItems: endedCount },
        ...{ itemsLeft: knownCount - doneCount, itemsTotal: knownCount, slots: slots.count(), pace: paceOf() },
      };
    },
    finish(activeSec) {
      learnScores(known.calibration, made, activeSec);
      known.rate = rate.learn(known.rate, activeSec);
      known.retries = retries.learn(known.retries);
      known.growth = growth.learn(known.growth, knownCount);
      known.slots = slots.learn(known.slots);
      known.jobs += 1;
      teach(history.model, learned);
      if (witnessed.length > 0) teach(history.model, witnessed);
    },
  };
}

/** Where an item was, at its beginning, at a fifth, at half, and last: what it told then shows how well it tells. */
function tell({ told, busySec }: ForecastItem, pace: OwnPace, fraction: number): void {
  const last = told.at(-1)?.fraction ?? -1;
  const isNews = [0.2, 0.5].some((mark) => fraction >= mark && last < mark);
  if (told.length > 0 && !isNews && fraction < 0.85) return;
  const news = { fraction, busySec, wholeSec: secondsAtPace(pace, fraction, busySec) };
  if (told.length < 4) told.push(news);
  else told[3] = news;
}

/** Keeps so many, evenly spread: when there are too many, every other one goes, and from then on fewer are kept. */
function keepSome(kept: EndedItem[], item: EndedItem, count: number): void {
  const every = 2 ** Math.max(0, Math.ceil(Math.log2((count + 1) / MAX_LEARNED)));
  if (kept.length >= MAX_LEARNED) {
    const half = kept.filter((_, at) => at % 2 === 0);
    kept.splice(0, kept.length, ...half);
  }
  if (count % every === 0) kept.push(item);
}

/** The history learns from a job's items as the job did. */
function teach(model: WorkModel, items: readonly EndedItem[]): void {
  const learner = createJobLearner(model);
  for (const item of items)
    learner.learn(item, beginning(model.sumOf(item.traits, learner.job), item.beside, item.startSec));
  endJob(model);
}
