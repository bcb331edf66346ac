/**
 * What the evaluator of alert rules is held against: keeps all that was heard, and reads all of it again for each decision.
 * It shares nothing with the evaluator.
 */
import type { AlertRule } from "@playhead/core";
import type { Finding } from "../src/alerts/finding.ts";
import type { Heard, HeardCall } from "../src/alerts/heard.ts";

const MINUTE_MS = 60_000;
const STEPS = 60;
const CELL_MS = 30 * MINUTE_MS;

/** What is in a window, as the reference sees it. */
export interface Seen {
  readonly heard: readonly Heard[];
  /** Calls that have left it, within the day before. */
  readonly before: readonly HeardCall[];
  /** Durations of steps that ended in it, and of those under way by now. */
  readonly steps: readonly number[];
  /** Of all time, but what came too late for any window. */
  readonly inTime: readonly Heard[];
  /** Of all time. */
  readonly all: readonly Heard[];
}

export interface ReferenceCase {
  readonly draft: Partial<AlertRule> & Pick<AlertRule, "condition">;
  /** Null: missing data. */
  readonly holds: (seen: Seen) => boolean | null;
  readonly resolves?: (seen: Seen) => boolean | null;
  /** Whether hearing this may change it. */
  readonly hears: (heard: Heard) => boolean;
  /** Time alone changes it at any moment: what is heard of others does not have it looked at. */
  readonly isOfTime?: true;
}

/** All that was heard, and when by the reference's clock. */
interface Noted {
  readonly heard: Heard;
  readonly atMs: number;
  /** The clock's time when it came. */
  readonly nowMs: number;
}

/** Reads everything again for each question. */
export function createReference(cases: readonly ReferenceCase[], rules: readonly AlertRule[]) {
  const noted: Noted[] = [];
  let nowMs = 0;
  let tickedMs = Number.POSITIVE_INFINITY;

  function seenBy(rule: AlertRule, key: string): Seen {
    const windowMs = rule.time_window * MINUTE_MS;
    const step = (atMs: number) => Math.floor(atMs / (windowMs / STEPS));
    const isMine = (heard: Heard) => keyOf(labelsOf(rule, heard)) === key;
    const isIn = (each: Noted, byMs: number) => step(each.atMs) > step(byMs) - STEPS;
    const mine = noted.filter((each) => isMine(each.heard));
    const inTime = mine.filter((each) => isIn(each, each.nowMs));
    const cell = (atMs: number) => Math.floor((step(atMs) * (windowMs / STEPS)) / CELL_MS);
    return {
      heard: inTime.filter((each) => isIn(each, nowMs)).map(({ heard }) => heard),
      inTime: inTime.map(({ heard }) => heard),
      before: inTime
        .filter((each) => !isIn(each, nowMs) && cell(each.atMs) > Math.floor((nowMs - windowMs) / CELL_MS) - 48)
        .map(({ heard }) => heard)
        .filter((each) => each.kind === "call"),
      steps: stepsOf(noted, nowMs)
        .filter(({ opening, end }) => isMine(opening) && (end === null || (isIn(end, end.nowMs) && isIn(end, nowMs))))
        .map(({ tookMs }) => tookMs),
      all: mine.map(({ heard }) => heard),
    };
  }

  return {
    tick(atMs: number): void {
      nowMs = Math.max(nowMs, atMs);
      tickedMs = atMs;
    },
    note(heard: Heard): void {
      const atMs = Math.min(heard.atMs, tickedMs + 10_000);
      nowMs = Math.max(nowMs, atMs);
      noted.push({ heard: { ...heard, atMs }, atMs, nowMs });
    },
    outcomeOf(index: number, key: string): Finding["outcome"] {
      const { holds, resolves } = cases[index] as ReferenceCase;
      const seen = seenBy(rules[index] as AlertRule, key);
      const held = holds(seen);
      if (held === null) return "no_data";
      if (held) return "holds";
      return resolves === undefined || resolves(seen) === true ? "over" : "between";
    },
    get nowMs() {
      return nowMs;
    },
  };
}

interface Span {
  readonly opening: Heard;
  readonly end: Noted | null;
  readonly tookMs: number;
}

/** Steps from all facts, from the first one on. */
function stepsOf(noted: readonly Noted[], nowMs: number): readonly Span[] {
  const spans: Span[] = [];
  let open: { opening: Heard; name: string; job: string; task: string; sinceMs: number; isPaused: boolean }[] = [];
  const close = (which: (typeof open)[number], end: Noted) => {
    open = open.filter((each) => each !== which);
    if (!which.isPaused) spans.push({ opening: which.opening, end, tookMs: Math.max(0, end.atMs - which.sinceMs) });
  };
  for (const each of noted) {
    const { heard, atMs } = each;
    if (heard.kind !== "event" || heard.labels.job_id === undefined) continue;
    const ofJob = open.filter(({ job }) => job === heard.labels.job_id);
    if (heard.type === "session.completed") for (const which of ofJob) close(which, each);
    if (heard.type === "job.state_changed") {
      const isPaused = heard.data.new_state === "paused";
      for (const which of ofJob) {
        if (which.isPaused !== isPaused) Object.assign(which, { isPaused, sinceMs: atMs });
      }
    }
    const task = heard.data.task_id as string | undefined;
    if (task === undefined) continue;
    const before = ofJob.find((which) => which.task === task);
    const name = heard.type === "stage.started" ? heard.data.stage : heard.data.step;
    const isEnd = heard.type.endsWith(".failed") || heard.type === "stage.completed";
    if (before !== undefined && (isEnd || (name !== undefined && name !== before.name))) close(before, each);
    if (!isEnd && typeof name === "string" && name !== before?.name) {
      open.push({ opening: heard, name, job: heard.labels.job_id, task, sinceMs: atMs, isPaused: false });
    }
  }
  const underWay = open.filter(({ isPaused }) => !isPaused);
  return [...spans, ...underWay.map(({ opening, sinceMs }) => ({ opening, end: null, tookMs: nowMs - sinceMs }))];
}

/** The labels by which a rule tells it apart; null: it is none of the rule's business. */
export function labelsOf(rule: AlertRule, heard: Heard): Record<string, string> | null {
  for (const [dimension, values] of Object.entries(rule.scope)) {
    if (!values.includes(heard.labels[dimension as keyof Heard["labels"]] ?? "")) return null;
  }
  const labels: Record<string, string> = {};
  for (const dimension of rule.group_by) {
    const value = heard.labels[dimension];
    if (value === undefined) return null;
    labels[dimension] = value;
  }
  return labels;
}

/** One text for each combination of labels. */
export const keyOf = (labels: Readonly<Record<string, string>> | null) =>
  labels === null ? null : JSON.stringify(Object.entries(labels).toSorted());
