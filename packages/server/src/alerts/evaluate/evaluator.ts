/**
 * Decides of each rule whether its condition holds: on what is heard at once, and as time alone goes on by `tick`.
 *
 *     heard → clock → sample → windows that listen to it → rules that depend on it → findings
 *
 * A rule says something when what it says has changed, and at each tick while its condition holds.
 */
import type { AlertRule, JsonObject } from "@playhead/core";
import type { Finding } from "../finding.ts";
import type { Heard } from "../heard.ts";
import { createClock } from "./clock.ts";
import { createListeners, type Listener } from "./listeners.ts";
import { type Sample, sampleOf } from "./sample.ts";
import type { Series } from "./series.ts";
import { createSlots } from "./slots.ts";
import { readSnapshot, writeSnapshot } from "./snapshot.ts";
import { began, createSteps } from "./steps.ts";
import { createWatch, type Watch } from "./watch.ts";
import { createWindow, type Room, type Window, windowKey } from "./window.ts";

/** A rule, and whose it is. */
export interface OwnedRule {
  readonly tenantId: string;
  readonly rule: AlertRule;
}

export interface Evaluator {
  /** All rules that there are from now on. What those measured that stay as they are is kept. */
  setRules(rules: readonly OwnedRule[]): void;
  /** What happened. @returns what changed by it, at once */
  take(heard: readonly Heard[]): readonly Finding[];
  /** Time alone: windows that ran empty, steps under way, missing data. To be called every second. */
  tick(atMs: number): readonly Finding[];
  /** What the windows hold: bounded, and nothing but JSON. */
  snapshot(): JsonObject;
  /** What a snapshot held, as far as the rules are still there: to be called once, after `setRules`. */
  restore(snapshot: JsonObject): void;
}

function ask(watches: readonly Watch[], series: Series, sample: Sample, questions: Question[]): void {
  for (const watch of watches) {
    if (watch.asked === sample) continue;
    watch.asked = sample;
    questions.push({ watch, series });
  }
}

/** A rule that may have something new to say of a series. */
interface Question {
  readonly watch: Watch;
  readonly series: Series;
}

/** Series in all windows together: about 100 MB at worst. */
const MAX_SERIES_IN_ALL = 20_000;

export function createEvaluator(): Evaluator {
  let clock = createClock();
  const slots = createSlots();
  const steps = createSteps(slots);
  const room: Room = { left: MAX_SERIES_IN_ALL };
  let windows = new Map<string, Window>();
  let watches = new Map<string, Watch>();
  let byWindow: ReadonlyMap<Window, readonly Watch[]> = new Map();
  let all: readonly Listener[] = [];
  let listeners = createListeners([]);
  /** Since the rules were set, not each series has been looked at by each rule. */
  let isNew = false;

  /** Says what is new of a series; at a tick also what holds as before. */
  function look(watch: Watch, series: Series, isTick: boolean, findings: Finding[]): void {
    const { outcomes } = watch;
    const before = outcomes.get(series);
    const outcome = watch.decide(series);
    // After a restart, and where rules have changed, everything is said once: who hears it may not know it.
    if (outcome === before && !(isTick && (outcome === "holds" || isNew))) return;
    if (outcome === "no_data" && before === undefined && watch.isTooEarly(clock.nowMs)) return;
    outcomes.set(series, outcome);
    findings.push(watch.tell(series, outcome, clock.wallMs));
  }

  /** Adds a sample to the windows that listen to it; `questions` are the decisions that it may have changed. */
  function hear(sample: Sample, questions: Question[]): void {
    listeners.each(sample, (window, watches) => {
      // A window listens to several signals of one sample.
      if (window.heard !== sample) give(window, sample, questions);
      const series = window.heardBy;
      if (series !== null) ask(watches, series, sample, questions);
    });
  }

  function give(window: Window, sample: Sample, questions: Question[]): void {
    const series = window.seriesOf(sample);
    window.heard = sample;
    window.heardBy = series;
    if (series === null) return;
    const hasShrunk = series.advance(clock.nowMs);
    series.add(sample);
    if (hasShrunk) ask(byWindow.get(window) ?? [], series, sample, questions);
  }

  function tickWindow({ window, watches }: Listener, findings: Finding[]): void {
    if (watches.some(({ rule }) => rule.no_data === "alert")) window.ensureSole();
    for (const series of window.series.values()) {
      const isChanged = series.advance(clock.nowMs) || series.hasOpenSteps || isNew;
      for (const watch of watches) {
        const before = watch.outcomes.get(series);
        if (isChanged || before === undefined || before === "holds") look(watch, series, true, findings);
      }
      if (series.isForgettable && watches.every((watch) => watch.isDoneWith(series))) {
        window.forget(series);
      }
    }
  }

  return {
    setRules(rules) {
      const enabled = rules.filter(({ rule }) => rule.enabled);
      const nextWindows = new Map<string, Window>();
      const nextWatches = new Map<string, Watch>();
      for (const { tenantId, rule } of enabled) {
        const key = windowKey(tenantId, rule);
        const window = nextWindows.get(key) ?? windows.get(key) ?? createWindow(tenantId, rule, room, slots);
        nextWindows.set(key, window);
        const id = watchId(tenantId, rule.rule_id);
        const before = watches.get(id);
        const isSame = before !== undefined && before.window === window && isSameRule(before.rule, rule);
        nextWatches.set(id, isSame ? before : createWatch(rule, window));
      }
      for (const [key, window] of windows) if (!nextWindows.has(key)) room.left += window.series.size;
      windows = nextWindows;
      watches = nextWatches;
      byWindow = Map.groupBy(watches.values(), ({ window }) => window);
      all = [...byWindow].map(([window, watches]) => ({ window, watches }));
      listeners = createListeners(all);
      isNew = true;
    },
    take(heard) {
      const findings: Finding[] = [];
      for (const each of heard) {
        const atMs = clock.hear(each.atMs);
        const questions: Question[] = [];
        hear(sampleOf(each, atMs, slots), questions);
        if (each.kind === "event") for (const sample of steps.hear(each, atMs)) hear(sample, questions);
        // Only now: between the end of a step and the beginning of the next there is no moment.
        for (const { watch, series } of questions) look(watch, series, false, findings);
      }
      return findings;
    },
    tick(atMs) {
      clock.tick(atMs);
      for (const watch of watches.values()) watch.sinceMs ??= clock.nowMs;
      const findings: Finding[] = [];
      for (const listener of all) tickWindow(listener, findings);
      isNew = false;
      return findings;
    },
    snapshot: () => writeSnapshot({ clock, steps, listeners: all }),
    restore(snapshot) {
      const restored = readSnapshot(snapshot, all);
      clock = createClock(restored.clock);
      for (const step of restored.openSteps) {
        steps.put(step);
        if (!step.isPaused) hear(began(step, clock.nowMs), []);
      }
      isNew = true;
    },
  };
}

function watchId(tenantId: string, ruleId: string): string {
  return `${tenantId}\n${ruleId}`;
}

/** What decides is the same, whatever else of it has changed. */
function isSameRule(before: AlertRule, after: AlertRule): boolean {
  return JSON.stringify({ ...before, updated_at: "" }) === JSON.stringify({ ...after, updated_at: "" });
}
