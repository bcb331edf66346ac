/**
 * Seed 000's Property 7, the half that decides: whenever a condition begins to hold by something that is heard, the
 * evaluator says so with that, and what it says is always so. The reference below shares nothing with it: it keeps all
 * that was heard, and reads all of it again for each decision.
 */
import type { AlertRule } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { call, event, gauge } from "../../../test/heard.ts";
import { createReference, keyOf, labelsOf, type ReferenceCase, type Seen } from "../../../test/reference-evaluator.ts";
import type { Finding } from "../finding.ts";
import type { Heard, HeardCall } from "../heard.ts";
import { checkRule, createRule } from "../rules/check-rule.ts";
import { createEvaluator } from "./evaluator.ts";

const calls = ({ heard }: Seen) => heard.filter((each) => each.kind === "call");
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const total = (seen: Seen) => sum(calls(seen).map(({ count }) => count));
const failedCalls = (seen: Seen) => sum(calls(seen).map(({ errors }) => errors));
const events = ({ heard }: Seen, type: string) =>
  heard.filter((each) => each.kind === "event" && each.type === type).length;
const failedTasks = (seen: Seen) => events(seen, "stage.failed") + events(seen, "task.failed");
const endedTasks = (seen: Seen) => failedTasks(seen) + events(seen, "stage.completed");
const gauges = ({ heard }: Seen, name: string) =>
  heard.flatMap((each) => (each.kind === "gauge" && each.name === name ? [each] : []));
const isCall = ({ kind }: Heard) => kind === "call";
const isEvent = (heard: Heard) => heard.kind === "event";
const isOfType = (heard: Heard, ...types: readonly string[]) => heard.kind === "event" && types.includes(heard.type);
const endsTask = (heard: Heard) => isOfType(heard, "task.failed", "stage.failed", "stage.completed");
const isGauge = (name: string) => (each: Heard) => each.kind === "gauge" && each.name === name;

const meanMs = (all: readonly HeardCall[]) =>
  sum(all.map(({ durationMs, count }) => durationMs * count)) / sum(all.map(({ count }) => count));

function percentile(seen: Seen, share: number): number {
  const sorted = calls(seen)
    .flatMap(({ durationMs, count }) => new Array<number>(count).fill(durationMs))
    .toSorted((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] as number;
}

/** The last one by the steps of the window, of those the last heard. */
function lastValue(seen: Seen, name: string, stepMs: number): number {
  const step = (atMs: number) => Math.floor(atMs / stepMs);
  return gauges(seen, name).reduce((last, each) => (step(each.atMs) >= step(last.atMs) ? each : last)).value;
}

const CASES: readonly ReferenceCase[] = [
  {
    draft: { condition: "error_rate > threshold", threshold: 0.3, time_window: 2, min_samples: 4 },
    hears: (heard) => isCall(heard) || endsTask(heard),
    holds: (seen) => {
      const samples = total(seen) + endedTasks(seen);
      return samples < 4 ? null : (failedCalls(seen) + failedTasks(seen)) / samples > 0.3;
    },
  },
  {
    draft: { condition: "tasks_failed >= 2", time_window: 1, group_by: ["job_id", "stage"] },
    hears: endsTask,
    holds: (seen) => failedTasks(seen) >= 2,
  },
  {
    draft: { condition: "p95_duration_ms > 100", time_window: 3, group_by: ["function_name"] },
    hears: isCall,
    holds: (seen) => (total(seen) === 0 ? null : percentile(seen, 0.95) > 100),
  },
  {
    draft: {
      condition: 'avg_duration_ms > 300 || events("stage.failed") > 1',
      resolve_condition: "avg_duration_ms < 200",
      time_window: 2,
    },
    hears: (heard) => isCall(heard) || isOfType(heard, "stage.failed"),
    holds: (seen) => {
      if (events(seen, "stage.failed") > 1) return true;
      return total(seen) === 0 ? null : meanMs(calls(seen)) > 300;
    },
    resolves: (seen) => (total(seen) === 0 ? null : meanMs(calls(seen)) < 200),
  },
  {
    draft: {
      condition: "max_duration_ms > 500 && calls_failed == 0",
      time_window: 5,
      scope: { function_name: ["probe"] },
    },
    hears: isCall,
    holds: (seen) => {
      if (failedCalls(seen) > 0) return false;
      return total(seen) === 0 ? null : calls(seen).some(({ durationMs }) => durationMs > 500);
    },
  },
  {
    draft: {
      condition: "cpu_percent > threshold",
      resolve_condition: "cpu_percent < threshold - 20",
      threshold: 80,
      time_window: 1,
      group_by: ["host"],
    },
    hears: isGauge("cpu_percent"),
    holds: (seen) => cpu(seen, (percent) => percent > 80),
    resolves: (seen) => cpu(seen, (percent) => percent < 60),
  },
  {
    draft: { condition: "memory_percent > 80", time_window: 2, no_data: "alert" },
    hears: isGauge("memory_percent"),
    holds: (seen) =>
      gauges(seen, "memory_percent").length === 0 ? null : lastValue(seen, "memory_percent", 2_000) > 80,
  },
  {
    draft: { condition: "dropped_records > 5", time_window: 2 },
    hears: isGauge("dropped_records"),
    holds: (seen) => {
      const counted = seen.inTime.flatMap((each) => (isGauge("dropped_records")(each) ? [each as never] : []));
      const inWindow = gauges(seen, "dropped_records");
      return inWindow.length === 0 ? null : sum(inWindow.map((each) => riseOf(counted, each))) > 5;
    },
  },
  {
    draft: { condition: "step_duration_ms > 90 * 1000", time_window: 2, group_by: ["job_id"] },
    hears: isEvent,
    isOfTime: true,
    holds: ({ steps }) => (steps.length === 0 ? null : Math.max(...steps) > 90_000),
  },
  {
    draft: { condition: "duration_ratio_to_baseline > 1.5", time_window: 1, group_by: ["function_name"] },
    hears: isCall,
    holds: (seen) => {
      const normal = sum(seen.before.map(({ count }) => count)) < 20 ? null : meanMs(seen.before);
      return normal === null || total(seen) === 0 ? null : meanMs(calls(seen)) / normal > 1.5;
    },
  },
  {
    draft: { condition: "liveness_level == 3", time_window: 1, no_data: "keep", group_by: ["job_id"] },
    hears: (heard) => isOfType(heard, "job.liveness_changed", "session.completed"),
    holds: ({ all }) => {
      const said = all.findLast(
        (each) => each.kind === "event" && (each.type === "job.liveness_changed" || each.type === "session.completed"),
      );
      return said === undefined ? null : said.kind === "event" && said.data.liveness === "stuck";
    },
  },
  {
    draft: { condition: 'errors("probe") > 1 && sample_count > 5', time_window: 1 },
    hears: () => true,
    holds: (seen) =>
      sum(calls(seen).map(({ labels, errors }) => (labels.function_name === "probe" ? errors : 0))) > 1 &&
      total(seen) + seen.heard.filter(({ kind }) => kind !== "call").length > 5,
  },
];

function cpu(seen: Seen, is: (percent: number) => boolean): boolean | null {
  const values = gauges(seen, "cpu_percent").map(({ value }) => value);
  return values.length === 0 ? null : is(sum(values) / values.length);
}

function riseOf(all: readonly { readonly value: number }[], each: { readonly value: number }): number {
  const before = all[all.indexOf(each) - 1]?.value ?? 0;
  return each.value >= before ? each.value - before : each.value;
}

const RULES = CASES.map(({ draft }, index) => {
  const checked = checkRule({ name: `rule ${index}`, level: "warning", ...draft });
  return createRule(checked, { ruleId: `r${index}`, nowIso: "2026-11-21T10:00:00.000Z" });
});

const job = fc.constantFrom("j1", "j2");
const heardAt: fc.Arbitrary<(atMs: number) => Heard> = fc.oneof(
  fc
    .record({
      name: fc.constantFrom("probe", "cut"),
      durationMs: fc.constantFrom(10, 50, 200, 1_000),
      count: fc.constantFrom(1, 1, 2, 25),
      fails: fc.boolean(),
    })
    .map(
      ({ name, durationMs, count, fails }) =>
        (atMs: number) =>
          call(atMs, name, { durationMs, count, errors: fails ? 1 : 0, cause: fails ? "boom" : null }),
    ),
  fc
    .record({
      type: fc.constantFrom("stage.started", "stage.completed", "stage.failed", "task.failed"),
      job_id: job,
      stage: fc.constantFrom("upload", "merging"),
    })
    .map(
      ({ type, job_id, stage }) =>
        (atMs: number) =>
          event(atMs, type as "stage.failed", {
            labels: { job_id, stage },
            data: { task_id: `t-${stage}`, stage },
            cause: type.endsWith("failed") ? "encoder_failed" : null,
          }),
    ),
  fc.record({ job_id: job, step: fc.constantFrom("rendering", "uploading") }).map(
    ({ job_id, step }) =>
      (atMs: number) =>
        event(atMs, "clip.progress", { labels: { job_id }, data: { task_id: "t-clip", step } }),
  ),
  fc.record({ job_id: job, new_state: fc.constantFrom("paused", "running") }).map(
    ({ job_id, new_state }) =>
      (atMs: number) =>
        event(atMs, "job.state_changed", { labels: { job_id }, data: { new_state } }),
  ),
  fc.record({ job_id: job, liveness: fc.constantFrom("ok", "stuck", "lost", null) }).map(
    ({ job_id, liveness }) =>
      (atMs: number) =>
        liveness === null
          ? event(atMs, "session.completed", { labels: { job_id }, data: { state: "completed" } })
          : event(atMs, "job.liveness_changed", { labels: { job_id }, data: { liveness } }),
  ),
  fc
    .record({
      name: fc.constantFrom("cpu_percent", "memory_percent", "dropped_records"),
      value: fc.constantFrom(0, 4, 50, 75, 95),
      host: fc.constantFrom("h1", "h2"),
    })
    .map(
      ({ name, value, host }) =>
        (atMs: number) =>
          gauge(atMs, name, value, name === "dropped_records" ? {} : { host }),
    ),
);

type Action =
  | { readonly do: "hear"; readonly heard: (atMs: number) => Heard; readonly skewMs: number }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "restart" };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("hear" as const),
      heard: heardAt,
      // Some come late, some from clocks that are ahead.
      skewMs: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.integer({ min: -90_000, max: 40_000 })),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 150_000 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const) }) },
);

const START_MS = Date.UTC(2026, 10, 21, 10);

test("property 7: each breach is found at once, and none without its condition holding", { timeout: 60_000 }, () => {
  const found = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(action, { minLength: 10, maxLength: 80 }), (actions) => {
      const reference = createReference(CASES, RULES);
      const owned = RULES.map((rule) => ({ tenantId: "default", rule }));
      let evaluator = createEvaluator();
      evaluator.setRules(owned);
      const said = new Map<string, Finding["outcome"]>();
      const known = new Set<string>();
      let nowMs = START_MS;
      // For whoever reads of a failure.
      const story: string[] = [];

      /** Nothing is said that is not so. */
      const believe = (findings: readonly Finding[]) => {
        for (const finding of findings) {
          const index = RULES.indexOf(finding.rule);
          const key = keyOf(finding.labels) as string;
          const { outcome, atMs, rule } = finding;
          const isSo = { outcome: reference.outcomeOf(index, key), atMs: reference.nowMs };
          const text = `${rule.condition} ${key}\n${story.join("\n")}`;
          expect({ outcome, atMs }, text).toEqual(isSo);
          said.set(`${index} ${key}`, finding.outcome);
          if (finding.outcome === "holds") found.set(finding.rule.rule_id, (found.get(finding.rule.rule_id) ?? 0) + 1);
        }
      };
      /** What was said last is so: missing data need not be told of until there was some. */
      const compare = (index: number, key: string) => {
        const now = reference.outcomeOf(index, key);
        const last = said.get(`${index} ${key}`) ?? (now === "over" ? "over" : "no_data");
        const { condition } = RULES[index] as AlertRule;
        expect(last, `${condition} ${key}\n${story.join("\n")}`).toBe(now);
      };
      const tick = () => {
        reference.tick(nowMs);
        believe(evaluator.tick(nowMs));
        for (const each of known) {
          const at = each.indexOf(" ");
          compare(Number(each.slice(0, at)), each.slice(at + 1));
        }
      };

      tick();
      for (const each of actions) {
        story.push(
          `${nowMs - START_MS} ${each.do} ${each.do === "hear" ? JSON.stringify(each.heard(each.skewMs)) : ""}`,
        );
        if (each.do === "restart") {
          const snapshot = JSON.parse(JSON.stringify(evaluator.snapshot()));
          evaluator = createEvaluator();
          evaluator.setRules(owned);
          evaluator.restore(snapshot);
          tick();
        } else if (each.do === "wait") {
          nowMs += each.ms;
          tick();
        } else {
          const heard = each.heard(nowMs + each.skewMs);
          reference.note(heard);
          believe(evaluator.take([heard]));
          for (const [index, rule] of RULES.entries()) {
            const key = keyOf(labelsOf(rule, heard));
            const { hears, isOfTime } = CASES[index] as ReferenceCase;
            if (key === null || !hears(heard)) continue;
            known.add(`${index} ${key}`);
            if (isOfTime === undefined || reference.nowMs === nowMs) compare(index, key);
          }
        }
      }
    }),
    { numRuns: 150 },
  );
  // All of the conditions held at some time: a test of silence would prove nothing.
  expect([...found.keys()].toSorted()).toEqual(RULES.map(({ rule_id }) => rule_id).toSorted());
});
