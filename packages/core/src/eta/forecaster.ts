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
import { createRetryRate } from "./retry-rate.ts";
import { type ForecastItem, type ItemState, simulate } from "./simulation.ts";
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
  /** An item is known. @returns its number, from 0 on */
  add(traits: ItemTraits, isLast?: boolean): number;
  /** All are known that the job begins with: what comes later is found on the way. */
  begun(): void;
  /** @param sizes what is known of it only now */
  started(item: number, activeSec: number, sizes?: ItemTraits["sizes"]): void;
  /** @param fraction 0..1 of it, as it tells itself */
  progressed(item: number, fraction: number, activeSec: number): void;
  ended(item: number, activeSec: number): void;
  /** It will be tried again. */
  failed(item: number, activeSec: number): void;
  /** Nothing begins before that time. */
  limited(activeSec: number, untilSec: number): void;
  forecast(activeSec: number): CalibratedForecast;
  /** The job is done: what it taught goes into the history. */
  finish(activeSec: number): void;
}

export interface JobForecasterOptions {
  readonly history: ForecastHistory;
  /** Jobs that are made alike: mostly, the job's kind. */
  readonly template: string;
  /** How many items run at a time. */
  readonly slots: number;
}

/** Items that a job teaches its history, at most: spread over all of it. */
const MAX_LEARNED = 100;
/** A forecast is scored once for each fiftieth of the way. */
const SCORED_STEPS = 50;
/** Items that began so shortly one after the other began together. */
const TOGETHER_SEC = 0.05;

export function createJobForecaster({ history, template, slots }: JobForecasterOptions): JobForecaster {
  const known = history.templateOf(template);
  const model = history.model.copy();
  const learner = createJobLearner(model);
  const items: ForecastItem[] = [];
  const rate = createStartRate(known.rate);
  const retries = createRetryRate(known.retries);
  const made: (MadeForecast & { readonly step: number })[] = [];
  const learned: EndedItem[] = [];
  let running: ForecastItem[] = [];
  let doneCount = 0;
  let endedCount = 0;
  let atFirst = 0;
  let nowSec = 0;
  let blockedUntilSec = 0;
  const growth = createGrowth(known.growth, () => Math.max(1, atFirst));

  /** Those that run were busy until now: as if as many ran as when they began. */
  function advance(toSec: number): void {
    const stepSec = toSec - nowSec;
    nowSec = toSec;
    if (!(stepSec > 0)) return;
    const count = running.length;
    for (const item of running)
      item.busySec += stepSec * (count === item.beside ? 1 : (count / item.beside) ** -contentionOf(model, item.sum));
  }

  function leave(item: ForecastItem, state: ItemState): void {
    item.state = state;
    running = running.filter((each) => each !== item);
  }

  const itemAt = (item: number) => items[item] as ForecastItem;

  return {
    add(traits, isLast = false) {
      const seed = seedOf(`${items.length}#${traits.kind}`);
      const sum = model.sumOf(traits, learner.job);
      return (
        items.push({
          ...{ traits, isLast, seed, sum, noise: model.noiseOf(traits.kind), state: "waiting", told: [] },
          ...{ fraction: 0, busySec: 0, beside: 1, startSec: 0 },
        }) - 1
      );
    },
    begun() {
      atFirst = items.length;
    },
    started(number, activeSec, sizes) {
      advance(activeSec);
      const item = itemAt(number);
      item.state = "running";
      item.startSec = activeSec;
      item.busySec = 0;
      item.fraction = 0;
      running.push(item);
      item.beside = running.length;
      for (const other of running)
        if (activeSec - other.startSec < TOGETHER_SEC) other.beside = Math.max(other.beside, running.length);
      if (sizes !== undefined) {
        item.traits = { ...item.traits, sizes: { ...item.traits.sizes, ...sizes } };
        item.sum = model.sumOf(item.traits, learner.job);
      }
      rate.started();
    },
    progressed(number, fraction, activeSec) {
      advance(activeSec);
      const item = itemAt(number);
      item.fraction = fraction;
      tell(item, fraction);
    },
    ended(number, activeSec) {
      advance(activeSec);
      const item = itemAt(number);
      if (item.state === "running") {
        const { traits, beside, startSec, busySec, told } = item;
        const ended = { traits, beside, startSec, busySec, told };
        learner.learn(ended, item.sum);
        keepSome(learned, ended, endedCount);
        endedCount += 1;
      }
      item.fraction = 1;
      doneCount += 1;
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
    limited(activeSec, untilSec) {
      advance(activeSec);
      rate.limited(activeSec);
      blockedUntilSec = untilSec;
    },
    forecast(activeSec) {
      advance(activeSec);
      growth.seen(items.length, doneCount);
      const raw = simulate({
        ...{ model, items, running, slots, activeSec },
        blockedSec: Math.max(0, blockedUntilSec - activeSec),
        rate: rate.estimate(activeSec),
        pastRate: rate.wasLimited || known.rate === null ? null : known.rate,
        startCount: rate.startCount,
        failing: retries.share(),
        growth: growth.estimate(items.length, doneCount),
      });
      const bucket = bucketOf(activeSec, raw.medianSec);
      const step = Math.floor((SCORED_STEPS * activeSec) / (activeSec + raw.medianSec));
      if (made.at(-1)?.step !== step)
        made.push({ step, activeSec, rawSec: raw.medianSec, width: widthOf(raw), bucket });
      return calibrate(known.calibration, raw, bucket);
    },
    finish(activeSec) {
      learnScores(known.calibration, made, activeSec);
      known.rate = rate.learn(known.rate, activeSec);
      known.retries = retries.learn(known.retries);
      known.growth = growth.learn(known.growth, items.length);
      teach(history.model, learned);
    },
  };
}

/** Where an item was, at its beginning, at a fifth, at half, and last: what it told then shows how well it tells. */
function tell(item: ForecastItem, fraction: number): void {
  const { told, busySec } = item;
  const last = told.at(-1)?.[0] ?? -1;
  const isNews = [0.2, 0.5].some((mark) => fraction >= mark && last < mark);
  if (told.length > 0 && !isNews && fraction < 0.85) return;
  if (told.length < 4) told.push([fraction, busySec]);
  else told[3] = [fraction, busySec];
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
