/** A rule at work on its window. */
import type { AlertRule } from "@playhead/core";
import type { Finding } from "../finding.ts";
import {
  bindCondition,
  bindCount,
  bindMeasurement,
  type Decision,
  type Reader,
  readCondition,
  signalsOf,
} from "../rules/compile-condition.ts";
import type { Measured } from "../rules/measured.ts";
import type { Sample } from "./sample.ts";
import type { Series } from "./series.ts";
import type { Window } from "./window.ts";

type Outcome = Finding["outcome"];

export interface Watch {
  readonly rule: AlertRule;
  readonly window: Window;
  /** What has to be heard for it to decide anew. */
  readonly signals: ReadonlySet<string>;
  /** When it began to measure; null before the first tick. That data never came means nothing until a window later. */
  sinceMs: number | null;
  /** What it was last asked about, so that it is not asked twice of one thing. */
  asked: Sample | null;
  /** What it last said of each series. */
  readonly outcomes: WeakMap<Series, Outcome>;
  decide(series: Series): Outcome;
  /** Whether it has measured for less than a window. */
  isTooEarly(nowMs: number): boolean;
  /** The same, told whole. */
  tell(series: Series, outcome: Outcome, atMs: number): Finding;
  /** Whether nothing is lost when it is forgotten what it said of a series in which nothing is. */
  isDoneWith(series: Series): boolean;
}

/** @throws ConditionFault when the rule was not checked */
export function createWatch(rule: AlertRule, window: Window): Watch {
  const { placeOf } = window.layout;
  const binding = { placeOf, threshold: rule.threshold, minSamples: rule.min_samples };
  const condition = readCondition(rule.condition);
  const resolving = rule.resolve_condition === null ? null : readCondition(rule.resolve_condition);
  const holds = bindCondition(condition, binding);
  const isOver: Decision | null = resolving === null ? null : bindCondition(resolving, binding);
  const named = [...condition.measurements, ...(resolving?.measurements ?? [])];
  const readers = new Map<string, Reader>(
    named.map(({ name, measurement }) => [name, bindMeasurement(measurement, binding)]),
  );
  const counters = condition.measurements.map(({ measurement }) => bindCount(measurement, binding));
  const first = readers.get(condition.measurements[0]?.name ?? "");
  const outcomes = new WeakMap<Series, Outcome>();

  const countOf = (measured: Measured) => counters.reduce((most, count) => Math.max(most, count(measured)), 0);

  const watch: Watch = {
    rule,
    window,
    signals: signalsOf(named),
    sinceMs: null,
    asked: null,
    outcomes,
    decide(series) {
      const held = holds(series);
      if (held === true) return "holds";
      if (held === null) return "no_data";
      return isOver === null || isOver(series) === true ? "over" : "between";
    },
    isTooEarly: (nowMs) => nowMs - (watch.sinceMs ?? nowMs) < window.layout.windowMs,
    tell(series, outcome, atMs) {
      return {
        rule,
        tenantId: window.tenantId,
        labels: series.labels,
        atMs,
        outcome,
        value: first?.(series) ?? null,
        measurements: Object.fromEntries(readers.entries().map(([name, read]) => [name, read(series)])),
        count: countOf(series),
        causes: outcome === "over" ? [] : series.causes(),
        jobId: series.labels.job_id ?? series.jobId,
      };
    },
    isDoneWith(series) {
      const outcome = outcomes.get(series);
      return outcome === undefined || outcome === "over" || (outcome === "no_data" && rule.no_data === "ok");
    },
  };
  return watch;
}
