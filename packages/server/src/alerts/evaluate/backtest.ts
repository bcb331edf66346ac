/** What a rule would have done: the same evaluator, fed with what is stored. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { AlertBacktest, AlertRule } from "@playhead/core";
import type { Rollup } from "../../store/telemetry-store.ts";
import type { Finding } from "../finding.ts";
import type { Heard, HeardCall } from "../heard.ts";
import { createEvaluator } from "./evaluator.ts";
import { STEPS_PER_WINDOW } from "./layout.ts";

export interface BacktestOptions {
  readonly tenantId: string;
  readonly rule: AlertRule;
  readonly fromMs: number;
  readonly toMs: number;
  /** In the order of time: see {@link mergeHeard}. What came before `fromMs` fills the windows. */
  readonly heard: AsyncIterable<readonly Heard[]>;
}

/** So much is looked at, at most; the answer's `to` says how far that was. */
const MAX_SAMPLES = 1_000_000;
/** So much between two turns of the event loop: a few milliseconds of work. */
const SLICE = 500;
/** Firings are counted all, and told one by one up to so many. */
const MAX_FIRINGS = 100;
/** Time alone is looked at as often as windows move, but not more often than this in all. */
const MAX_TICKS = 200_000;

export async function backtest({ tenantId, rule, fromMs, toMs, heard }: BacktestOptions): Promise<AlertBacktest> {
  const evaluator = createEvaluator();
  evaluator.setRules([{ tenantId, rule: { ...rule, enabled: true } }]);
  const stepMs = (rule.time_window * 60_000) / STEPS_PER_WINDOW;
  const tickMs = Math.ceil(Math.max(stepMs, (toMs - fromMs) / MAX_TICKS) / 1_000) * 1_000;
  const story = createStory(rule, fromMs);
  let work = 0;
  let samples = 0;
  let nowMs: number | null = null;

  async function pause(): Promise<void> {
    work++;
    if (work % SLICE === 0) await nextTurn();
  }

  async function goOn(untilMs: number): Promise<void> {
    nowMs ??= Math.min(untilMs, fromMs);
    for (; nowMs <= untilMs; nowMs += tickMs) {
      story.tell(evaluator.tick(nowMs), nowMs);
      await pause();
    }
  }

  let endMs = toMs;
  reading: for await (const page of heard) {
    for (const each of page) {
      if (each.atMs >= toMs) break reading;
      if (samples === MAX_SAMPLES) {
        endMs = each.atMs;
        break reading;
      }
      await goOn(each.atMs);
      samples++;
      story.tell(evaluator.take([each]), each.atMs);
      await pause();
    }
  }
  await goOn(endMs);
  const firings = story.firings();
  return {
    from: isoOf(fromMs),
    to: isoOf(endMs),
    fired: firings.length,
    firings: firings.slice(0, MAX_FIRINGS),
    samples,
  };
}

type Firing = AlertBacktest["firings"][number];

/** Follows each combination of labels: when it would have fired, and when that would have been over. */
function createStory(rule: AlertRule, fromMs: number) {
  interface State {
    heldSinceMs: number | null;
    overSinceMs: number | null;
    firing: { -readonly [Key in keyof Firing]: Firing[Key] } | null;
  }
  const states = new Map<string, State>();
  const fired: Firing[] = [];

  function follow(state: State, finding: Finding, nowMs: number): void {
    const { firing } = state;
    const outcome = meaningOf(finding, rule, firing !== null);
    if (outcome === "holds") {
      state.overSinceMs = null;
      state.heldSinceMs ??= nowMs;
    } else {
      state.heldSinceMs = null;
      if (outcome === "over") state.overSinceMs ??= nowMs;
      else state.overSinceMs = null;
    }
    if (firing === null && state.heldSinceMs !== null && nowMs - state.heldSinceMs >= rule.for * 1_000) {
      state.firing = { at: isoOf(nowMs), until: null, labels: finding.labels, value: finding.value };
      if (nowMs >= fromMs) fired.push(state.firing);
    }
  }

  function end(state: State, nowMs: number): void {
    if (state.firing === null || state.overSinceMs === null) return;
    if (nowMs - state.overSinceMs < rule.keep_firing_for * 1_000) return;
    state.firing.until = isoOf(nowMs);
    state.firing = null;
  }

  return {
    tell(findings: readonly Finding[], nowMs: number): void {
      for (const finding of findings) {
        const key = JSON.stringify(finding.labels);
        const state = states.get(key) ?? { heldSinceMs: null, overSinceMs: null, firing: null };
        states.set(key, state);
        follow(state, finding, nowMs);
      }
      for (const [key, state] of states) {
        end(state, nowMs);
        if (state.firing === null && state.heldSinceMs === null) states.delete(key);
      }
    },
    firings: (): readonly Firing[] => fired,
  };
}

/** What missing data comes to, by the rule's policy. */
function meaningOf({ outcome }: Finding, rule: AlertRule, isFiring: boolean): "holds" | "over" | "between" {
  if (outcome !== "no_data") return outcome;
  if (rule.no_data === "alert") return "holds";
  return rule.no_data === "ok" || !isFiring ? "over" : "between";
}

/** Two sources as one, in the order of time; each is in that order. */
export async function* mergeHeard(
  first: AsyncIterable<readonly Heard[]>,
  second: AsyncIterable<readonly Heard[]>,
): AsyncGenerator<readonly Heard[]> {
  const sources = [createReader(first), createReader(second)] as const;
  while (true) {
    const [a, b] = [await sources[0].peek(), await sources[1].peek()];
    if (a === null && b === null) return;
    if (a === null || b === null) {
      yield (a === null ? sources[1] : sources[0]).takeUntil(Number.POSITIVE_INFINITY);
    } else if (a.atMs <= b.atMs) yield sources[0].takeUntil(b.atMs);
    else yield sources[1].takeUntil(a.atMs);
  }
}

function createReader(source: AsyncIterable<readonly Heard[]>) {
  const pages = source[Symbol.asyncIterator]();
  let page: readonly Heard[] = [];
  let at = 0;
  return {
    /** The next one; null at the end. */
    async peek(): Promise<Heard | null> {
      while (at === page.length) {
        const { value, done } = await pages.next();
        if (done) return null;
        page = value;
        at = 0;
      }
      return page[at] as Heard;
    },
    /** Of the page at hand, all up to then. */
    takeUntil(untilMs: number): readonly Heard[] {
      const from = at;
      while (at < page.length && (page[at] as Heard).atMs <= untilMs) at++;
      return page.slice(from, at);
    },
  };
}

/** What a minute's calls of one function add up to, as something that was heard. */
export function heardOfRollup(tenantId: string, rollup: Rollup): HeardCall {
  return {
    kind: "call",
    tenantId,
    atMs: rollup.startMs,
    labels: { function_name: rollup.name },
    category: rollup.category,
    durationMs: rollup.count === 0 ? 0 : rollup.durationSumMs / rollup.count,
    maxMs: rollup.durationMaxMs,
    sketch: rollup.sketch,
    count: rollup.count,
    errors: rollup.errors,
    cause: null,
  };
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
