import { expect, test } from "vitest";
import { type AlertThresholds, builtInRules, isAboutJobs } from "./built-in-rules.ts";

const THRESHOLDS: AlertThresholds = {
  error_rate: 0.25,
  processing_seconds: 300,
  cpu_percent: 81,
  memory_percent: 82,
  memory_critical_percent: 95,
  disk_percent: 91,
  slow_ratio: 1.5,
};
const RULES = builtInRules(THRESHOLDS, "2026-11-21T10:00:00.000Z");

test("all that SPEC §9 names is built in, switched on, and goes to all channels but for what only advises", () => {
  expect(RULES.map(({ rule_id }) => rule_id)).toEqual([
    "builtin-fetch-failed",
    "builtin-slow-processing",
    "builtin-error-rate",
    "builtin-cycle-completed",
    "builtin-stage-failed",
    "builtin-stage-slow",
    "builtin-job-stuck",
    "builtin-worker-lost",
    "builtin-jobs-slower",
    "builtin-cpu-high",
    "builtin-memory-high",
    "builtin-memory-critical",
    "builtin-disk-full",
    "builtin-ffmpeg-unavailable",
    "builtin-storage-unavailable",
    "builtin-log-files-unwritable",
    "builtin-records-dropped",
  ]);
  for (const rule of RULES) {
    // What only advises is to be seen, and told to nobody.
    const notification_channels = rule.rule_id === "builtin-jobs-slower" ? [] : ["*"];
    expect(rule).toMatchObject({ enabled: true, built_in: true, notification_channels });
    // At once, but for a processor that is busy for a moment.
    expect(rule.for).toBe(rule.rule_id === "builtin-cpu-high" ? 60 : 0);
  }
});

test("thresholds are those of the configuration", () => {
  const thresholds = Object.fromEntries(RULES.map(({ rule_id, threshold }) => [rule_id, threshold]));
  expect(thresholds).toMatchObject({
    "builtin-slow-processing": 1.5,
    "builtin-error-rate": 0.25,
    "builtin-stage-slow": 300,
    "builtin-cpu-high": 81,
    "builtin-memory-high": 82,
    "builtin-memory-critical": 95,
    "builtin-disk-full": 91,
  });
});

test("other tenants have those that are about jobs", () => {
  const aboutJobs = RULES.filter(isAboutJobs).map(({ rule_id }) => rule_id);
  expect(aboutJobs).toEqual(RULES.slice(0, 9).map(({ rule_id }) => rule_id));
});
