import { type AlertRule, createSketch } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { call, event, gauge } from "../../../test/heard.ts";
import type { Finding } from "../finding.ts";
import type { Heard } from "../heard.ts";
import { builtInRules } from "../rules/built-in-rules.ts";
import { checkRule, createRule } from "../rules/check-rule.ts";
import { createEvaluator } from "./evaluator.ts";
import { OTHER } from "./window.ts";

const START_MS = Date.UTC(2026, 10, 21, 10);
const MINUTE_MS = 60_000;

function rule(draft: Partial<AlertRule> & Pick<AlertRule, "condition">, ruleId = "r1"): AlertRule {
  const checked = checkRule({ name: ruleId, level: "error", time_window: 10, ...draft });
  return createRule(checked, { ruleId, nowIso: "2026-11-21T10:00:00.000Z" });
}

function setup(...rules: readonly AlertRule[]) {
  const evaluator = createEvaluator();
  evaluator.setRules(rules.map((each) => ({ tenantId: "default", rule: each })));
  evaluator.tick(START_MS);
  return evaluator;
}

const outcomes = (findings: readonly Finding[]) => findings.map(({ outcome }) => outcome);
const failed = (atMs: number, jobId: string, cause = "encoder_failed") =>
  event(atMs, "clip.progress", { labels: { job_id: jobId }, data: { task_id: "c1", step: "failed" }, cause });

describe("the built-in rules", () => {
  const thresholds = {
    error_rate: 0.1,
    processing_seconds: 300,
    cpu_percent: 80,
    memory_percent: 80,
    memory_critical_percent: 95,
    disk_percent: 90,
    slow_ratio: 1.5,
  };
  const rules = builtInRules(thresholds, "2026-11-21T10:00:00.000Z");
  const at = START_MS;
  const stage = { job_id: "j1", stage: "merging" };
  const many = (count: number, each: (index: number) => Heard) =>
    Array.from({ length: count }, (_, index) => each(index));

  /** What each of them is for: what has to be heard for it, and what is said of it. */
  const CASES: readonly {
    readonly id: string;
    readonly heard: readonly Heard[];
    readonly afterMs?: number;
    readonly said: Partial<Finding>;
  }[] = [
    {
      id: "fetch-failed",
      heard: [call(at, "fetch", { errors: 1, cause: "HTTP 503", labels: { platform: "youtube" } })],
      said: { labels: { platform: "youtube" }, count: 1, causes: [{ cause: "HTTP 503", count: 1 }] },
    },
    {
      id: "slow-processing",
      heard: [
        call(at - 30 * MINUTE_MS, "probe", { count: 50, durationMs: 100 }),
        call(at, "probe", { count: 5, durationMs: 151 }),
      ],
      said: { labels: { function_name: "probe" }, value: 1.51, count: 5 },
    },
    {
      id: "error-rate",
      heard: [call(at, "probe", { count: 9 }), failed(at, "j1"), failed(at, "j2")],
      said: { labels: {}, value: 2 / 11, count: 2, jobId: "j1" },
    },
    {
      id: "cycle-completed",
      heard: [
        event(at, "session.completed", { labels: { job_id: "j1", kind: "clips" }, data: { state: "completed" } }),
      ],
      said: { labels: { job_id: "j1", kind: "clips" }, jobId: "j1" },
    },
    {
      id: "stage-failed",
      heard: [
        event(at, "stage.failed", { labels: stage, data: { task_id: "g1", stage: "merging" }, cause: "disk_full" }),
      ],
      said: { labels: stage, causes: [{ cause: "disk_full", count: 1 }] },
    },
    {
      id: "stage-slow",
      heard: [event(at, "stage.started", { labels: stage, data: { task_id: "g1", stage: "merging" } })],
      afterMs: 301_000,
      said: { labels: stage, value: 301_000 },
    },
    {
      id: "job-stuck",
      heard: [event(at, "job.liveness_changed", { labels: { job_id: "j1" }, data: { liveness: "stuck" } })],
      said: { labels: { job_id: "j1" } },
    },
    {
      id: "worker-lost",
      heard: [event(at, "job.liveness_changed", { labels: { job_id: "j1" }, data: { liveness: "lost" } })],
      said: { labels: { job_id: "j1" } },
    },
    {
      id: "jobs-slower",
      heard: [gauge(at, "kind_regression", 0.42, { kind: "clips" })],
      said: { labels: { kind: "clips" }, value: 0.42 },
    },
    {
      id: "cpu-high",
      heard: [gauge(at, "cpu_percent", 81, { host: "a" })],
      said: { labels: { host: "a" }, value: 81 },
    },
    { id: "memory-high", heard: [gauge(at, "memory_percent", 81, { host: "a" })], said: { value: 81 } },
    { id: "memory-critical", heard: [gauge(at, "memory_percent", 96, { host: "a" })], said: { value: 96 } },
    { id: "disk-full", heard: [gauge(at, "disk_percent", 91, { host: "a" })], said: { value: 91 } },
    { id: "ffmpeg-unavailable", heard: [gauge(at, "health_status", 2, { component: "ffmpeg" })], said: { value: 2 } },
    {
      id: "storage-unavailable",
      heard: [gauge(at, "health_status", 2, { component: "object_storage" })],
      said: { value: 2 },
    },
    {
      id: "log-files-unwritable",
      heard: [gauge(at, "health_status", 2, { component: "log_files" })],
      said: { value: 2 },
    },
    { id: "records-dropped", heard: [gauge(at, "dropped_records", 7)], said: { value: 7, count: 7 } },
  ];

  test("each is meant by one case", () => {
    expect(CASES.map(({ id }) => `builtin-${id}`)).toEqual(rules.map(({ rule_id }) => rule_id));
  });

  test.each(CASES)("$id", ({ id, heard, afterMs, said }) => {
    const evaluator = createEvaluator();
    evaluator.setRules(rules.map((each) => ({ tenantId: "default", rule: each })));
    const findings = [...evaluator.take(heard), ...(afterMs === undefined ? [] : evaluator.tick(at + afterMs))];
    const own = findings.filter((finding) => finding.rule.rule_id === `builtin-${id}` && finding.outcome === "holds");
    expect(own).toHaveLength(1);
    expect(own[0]).toMatchObject(said);
  });

  test("none says anything of a run that goes well", () => {
    const evaluator = createEvaluator();
    evaluator.setRules(rules.map((each) => ({ tenantId: "default", rule: each })));
    const heard = [
      ...many(30, (index) => call(at + index * 1_000, "probe")),
      event(at, "stage.started", { labels: stage, data: { task_id: "g1", stage: "merging" } }),
      event(at + 60_000, "stage.completed", { labels: stage, data: { task_id: "g1", stage: "merging" } }),
      event(at + 60_000, "job.liveness_changed", { labels: { job_id: "j1" }, data: { liveness: "ok" } }),
      gauge(at + 60_000, "cpu_percent", 40, { host: "a" }),
      gauge(at + 60_000, "dropped_records", 0),
    ];
    const findings = [...evaluator.take(heard), ...evaluator.tick(at + 10 * MINUTE_MS)];
    expect(findings.filter(({ outcome }) => outcome === "holds")).toEqual([]);
  });
});

describe("a finding", () => {
  test("comes with the very thing that made the condition hold, and then at each tick, and when it is over", () => {
    const evaluator = setup(rule({ condition: "tasks_failed > 1", time_window: 1 }));
    expect(outcomes(evaluator.take([failed(START_MS, "j1")]))).toEqual(["over"]);
    expect(outcomes(evaluator.take([failed(START_MS + 1, "j2"), failed(START_MS + 2, "j3")]))).toEqual(["holds"]);
    expect(outcomes(evaluator.tick(START_MS + 1_000))).toEqual(["holds"]);
    expect(outcomes(evaluator.tick(START_MS + 59_999))).toEqual(["holds"]);
    expect(evaluator.tick(START_MS + 60_000)).toMatchObject([{ outcome: "over", value: 0, count: 0, causes: [] }]);
    expect(evaluator.tick(START_MS + 61_000)).toEqual([]);
  });

  test("comes also when something else moves the window on, so that what made it hold has left it", () => {
    const failing = rule({ condition: "tasks_failed > 0", time_window: 1 });
    const busy = rule({ condition: "cpu_percent > 80", time_window: 1 }, "r2");
    const evaluator = setup(failing, busy);
    evaluator.take([failed(START_MS, "j1")]);
    evaluator.tick(START_MS + 55_000);
    const said = evaluator.take([gauge(START_MS + 61_000, "cpu_percent", 90)]);
    expect(said.map(({ rule: { rule_id }, outcome }) => `${rule_id} ${outcome}`).toSorted()).toEqual([
      "r1 over",
      "r2 holds",
    ]);
  });

  test("tells what was measured, of what, and why", () => {
    const evaluator = setup(rule({ condition: "error_rate > threshold && p95_duration_ms < 1e9", threshold: 0.5 }));
    const heard = [
      call(START_MS, "probe", { durationMs: 40 }),
      failed(START_MS, "j1", "disk_full"),
      failed(START_MS, "j2", "decode_failed"),
      failed(START_MS, "j3", "decode_failed"),
    ];
    const [, said] = evaluator.take(heard);
    expect(said).toMatchObject({
      outcome: "holds",
      value: 2 / 3,
      jobId: "j1",
      measurements: { error_rate: 2 / 3, p95_duration_ms: expect.closeTo(40, 0) },
    });
    expect(evaluator.tick(START_MS + 1_000)[0]).toMatchObject({
      count: 3,
      causes: [
        { cause: "decode_failed", count: 2 },
        { cause: "disk_full", count: 1 },
      ],
    });
  });

  test("says between, while neither the condition nor that of its end holds", () => {
    const evaluator = setup(
      rule({ condition: "memory_percent > 80", resolve_condition: "memory_percent < 70", group_by: ["host"] }),
    );
    const said = [95, 75, 85, 60].map((percent, index) =>
      outcomes(evaluator.take([gauge(START_MS + index, "memory_percent", percent, { host: "a" })])),
    );
    expect(said).toEqual([["holds"], ["between"], ["holds"], ["over"]]);
  });

  test("is of its own tenant, scope and labels only", () => {
    const evaluator = createEvaluator();
    const scoped = rule({ condition: "calls_failed > 0", scope: { platform: ["a", "b"], function_name: ["fetch"] } });
    const grouped = rule({ condition: "calls_failed > 0", group_by: ["platform", "host"] }, "r2");
    evaluator.setRules([scoped, grouped].map((each) => ({ tenantId: "default", rule: each })));
    const fails = (labels: Heard["labels"]) => call(START_MS, "fetch", { errors: 1, labels });
    expect(evaluator.take([{ ...fails({ platform: "a", host: "h" }), tenantId: "other" }])).toEqual([]);
    expect(evaluator.take([fails({ platform: "c" }), fails({}), fails({ host: "h" })])).toEqual([]);
    const said = evaluator.take([fails({ platform: "b" }), fails({ platform: "c", host: "h" })]);
    expect(said.map(({ rule: { rule_id }, labels }) => [rule_id, labels])).toEqual([
      ["r1", {}],
      ["r2", { host: "h", platform: "c" }],
    ]);
  });

  test("is of percentiles of many calls at once, where they come as a sketch", () => {
    const evaluator = setup(
      rule({ condition: "p99_duration_ms > 500 && p50_duration_ms < 20 && max_duration_ms == 900" }),
    );
    const sketch = createSketch();
    sketch.add(10, 95);
    sketch.add(900, 5);
    const summed = { count: 100, durationMs: 54.5, maxMs: 900, sketch: sketch.encode() };
    expect(outcomes(evaluator.take([call(START_MS, "probe", summed)]))).toEqual(["holds"]);
  });

  test("takes the mean for what a broken sketch would have told", () => {
    const evaluator = setup(rule({ condition: "p50_duration_ms > 50" }));
    const summed = { count: 100, durationMs: 54.5, sketch: "no sketch" };
    expect(outcomes(evaluator.take([call(START_MS, "probe", summed)]))).toEqual(["holds"]);
  });
});

describe("missing data", () => {
  const cpu = { condition: "cpu_percent > 80", time_window: 1 } as const;

  test("is told of once a window has gone by, and without that anything was ever heard where that is an alert", () => {
    const evaluator = setup(rule({ ...cpu, no_data: "alert" }));
    expect(evaluator.tick(START_MS + 59_000)).toEqual([]);
    expect(evaluator.tick(START_MS + 60_000)).toMatchObject([{ outcome: "no_data", value: null }]);
    expect(evaluator.tick(START_MS + 61_000)).toEqual([]);
    expect(outcomes(evaluator.take([gauge(START_MS + 62_000, "cpu_percent", 10)]))).toEqual(["over"]);
  });

  test("is that of fewer samples than are wanted", () => {
    const evaluator = setup(rule({ condition: "error_rate > 0.5", min_samples: 3 }));
    const said = [1, 2, 3].map((index) => outcomes(evaluator.take([failed(START_MS + index, "j1")])));
    expect(said).toEqual([[], [], ["holds"]]);
  });

  test("does not keep what else holds from being told", () => {
    const evaluator = setup(rule({ condition: "cpu_percent > 80 || tasks_failed > 0" }));
    expect(outcomes(evaluator.take([failed(START_MS, "j1")]))).toEqual(["holds"]);
  });

  test("of what is counted is no new beginning: only what came since is told", () => {
    const evaluator = setup(rule({ condition: "dropped_records > 5", time_window: 1 }));
    expect(outcomes(evaluator.take([gauge(START_MS, "dropped_records", 95)]))).toEqual(["holds"]);
    expect(outcomes(evaluator.tick(START_MS + 60 * MINUTE_MS))).toEqual(["no_data"]);
    const later = START_MS + 61 * MINUTE_MS;
    expect(evaluator.take([gauge(later, "dropped_records", 99)])).toMatchObject([{ outcome: "over", value: 4 }]);
    // Fallen: whoever counts began anew.
    expect(evaluator.take([gauge(later, "dropped_records", 2)])).toMatchObject([{ outcome: "holds", value: 6 }]);
  });

  test("of a state is none: a job is stuck until something else is said of it", () => {
    const evaluator = setup(rule({ condition: "liveness_level == 3", group_by: ["job_id"], time_window: 1 }));
    const says = (atMs: number, liveness: string) =>
      event(atMs, "job.liveness_changed", { labels: { job_id: "j1" }, data: { liveness } });
    expect(outcomes(evaluator.take([says(START_MS, "stuck")]))).toEqual(["holds"]);
    expect(outcomes(evaluator.tick(START_MS + 60 * MINUTE_MS))).toEqual(["holds"]);
    const ended = event(START_MS + 61 * MINUTE_MS, "session.completed", { labels: { job_id: "j1" } });
    expect(outcomes(evaluator.take([ended]))).toEqual(["over"]);
  });
});

describe("clocks", () => {
  const failures = () => setup(rule({ condition: "tasks_failed > 1", time_window: 10 }));

  test("set back, they do not stop time: what is heard from then on counts, and falls out of the window again", () => {
    const evaluator = failures();
    const backMs = START_MS - 24 * 60 * MINUTE_MS;
    evaluator.take([failed(START_MS, "j1")]);
    evaluator.tick(backMs);
    const [said] = evaluator.take([failed(backMs + 1_000, "j2")]);
    expect(said).toMatchObject({ outcome: "holds", atMs: backMs + 1_000 });
    evaluator.tick(backMs + 5 * MINUTE_MS);
    expect(outcomes(evaluator.tick(backMs + 9 * MINUTE_MS))).toEqual(["holds"]);
    expect(outcomes(evaluator.tick(backMs + 11 * MINUTE_MS))).toEqual(["over"]);
  });

  test("set forth, they empty the windows, and all goes on from there", () => {
    const evaluator = failures();
    evaluator.take([failed(START_MS, "j1"), failed(START_MS, "j2")]);
    const forthMs = START_MS + 365 * 24 * 60 * MINUTE_MS;
    expect(outcomes(evaluator.tick(forthMs))).toEqual(["over"]);
    expect(outcomes(evaluator.take([failed(forthMs, "j3"), failed(forthMs, "j4")]))).toEqual(["over", "holds"]);
  });

  test("of a worker that are wrong move nothing by more than seconds", () => {
    const evaluator = failures();
    const wild = [Number.NaN, Number.POSITIVE_INFINITY, -1e15, START_MS + 1e12, START_MS - 1e12];
    evaluator.take([failed(START_MS, "j1")]);
    for (let second = 1; second < 60; second++) {
      evaluator.take(wild.map((atMs) => event(atMs, "job.updated", { labels: { job_id: "j9" } })));
      evaluator.tick(START_MS + second * 1_000);
    }
    expect(outcomes(evaluator.take([failed(START_MS + 9 * MINUTE_MS, "j2")]))).toEqual(["holds"]);
  });
});

describe("bounds", () => {
  test("a thousand combinations of labels are told apart, and all others go together", () => {
    const evaluator = setup(rule({ condition: "tasks_failed > 2", group_by: ["job_id"] }));
    evaluator.take(Array.from({ length: 1_200 }, (_, index) => failed(START_MS, `j${index}`)));
    const findings = evaluator.take([failed(START_MS, "j5"), failed(START_MS, "j5"), failed(START_MS, "j1100")]);
    expect(findings).toMatchObject([{ labels: { job_id: "j5" }, outcome: "holds", count: 3 }]);
    expect(evaluator.tick(START_MS + 1_000)).toContainEqual(
      expect.objectContaining({ labels: { job_id: OTHER }, outcome: "holds", count: 201 }),
    );
  });

  test("what is over makes room", () => {
    const evaluator = setup(rule({ condition: "tasks_failed > 0", group_by: ["job_id"], time_window: 1 }));
    for (let minute = 0; minute < 3; minute++) {
      const atMs = START_MS + minute * 2 * MINUTE_MS;
      const said = evaluator.take(Array.from({ length: 1_000 }, (_, index) => failed(atMs, `j${minute}-${index}`)));
      expect(said.filter(({ labels }) => labels.job_id === OTHER)).toEqual([]);
      expect(outcomes(evaluator.tick(atMs + MINUTE_MS))).toEqual(new Array(1_000).fill("over"));
      const { windows } = evaluator.snapshot() as unknown as { windows: readonly { series: readonly unknown[] }[] };
      expect(windows[0]?.series).toEqual([]);
    }
  });

  test("a snapshot stays small, and keeps what holds", () => {
    const failing = rule({ condition: "tasks_failed > 0", group_by: ["job_id"], time_window: 60 });
    const quiet = rule({ condition: "tasks_failed > 100", group_by: ["job_id"], time_window: 30 }, "r2");
    const evaluator = setup(failing, quiet);
    for (let minute = 0; minute < 12; minute++) {
      const atMs = START_MS + minute * MINUTE_MS;
      evaluator.tick(atMs);
      evaluator.take(Array.from({ length: 900 }, (_, index) => failed(atMs, `j${index}`)));
    }
    const text = JSON.stringify(evaluator.snapshot());
    expect(text.length).toBeLessThan(2_000_000);
    const { windows } = JSON.parse(text);
    const of = (ruleId: string) =>
      windows.find(({ series }: { series: { outcomes: object }[] }) => ruleId in (series[0]?.outcomes ?? {}));
    expect(of("r1").series.length).toBeGreaterThan(300);
    expect(of("r2")).toBeUndefined();
  });

  test("a snapshot that cannot be read is none", () => {
    const evaluator = setup(rule({ condition: "tasks_failed > 0" }));
    for (const broken of [{}, { version: 2 }, { version: 1, windows: 3 }, null]) evaluator.restore(broken as never);
    expect(outcomes(evaluator.take([failed(START_MS, "j1")]))).toEqual(["holds"]);
  });
});

describe("changed rules", () => {
  test("keep what was measured of those that stay, and are looked at anew at the next tick", () => {
    const evaluator = setup(rule({ condition: "tasks_failed > 1" }));
    evaluator.take([failed(START_MS, "j1"), failed(START_MS, "j2")]);
    const lower = rule({ condition: "tasks_failed > threshold", threshold: 1 }, "r2");
    const other = rule({ condition: "p95_duration_ms > 1 || calls_failed > 0" }, "r3");
    evaluator.setRules([lower, other].map((each) => ({ tenantId: "default", rule: each })));
    expect(evaluator.tick(START_MS + 1_000)).toMatchObject([{ rule: { rule_id: "r2" }, outcome: "holds", count: 2 }]);
    const said = evaluator.take([call(START_MS + 2_000, "probe", { durationMs: 5 })]);
    expect(said).toMatchObject([{ rule: { rule_id: "r3" }, outcome: "holds" }]);
  });

  test("that are switched off say nothing", () => {
    const evaluator = setup(rule({ condition: "tasks_failed > 0", enabled: false }));
    expect(evaluator.take([failed(START_MS, "j1")])).toEqual([]);
  });
});
