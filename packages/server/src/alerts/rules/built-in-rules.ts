/** The rules that Playhead comes with (SPEC §9). */
import type { AlertRule, AlertRuleDraft } from "@playhead/core";
import { checkRule, createRule } from "./check-rule.ts";
import { readCondition, signalsOf } from "./compile-condition.ts";

/** The numbers of the built-in rules that are set in the configuration. */
export interface AlertThresholds {
  /** 0..1 */
  readonly error_rate: number;
  readonly processing_seconds: number;
  readonly cpu_percent: number;
  readonly memory_percent: number;
  readonly memory_critical_percent: number;
  readonly disk_percent: number;
  /** 1.5 is half as long again as normal. */
  readonly slow_ratio: number;
}

/** So far below its threshold a percentage has to be for its alert to be over. */
const CALM_POINTS = 5;

/** All built-in rules, as they are with these thresholds; their ids never change. */
export function builtInRules(thresholds: AlertThresholds, nowIso: string): readonly AlertRule[] {
  return Object.entries({ ...jobRules(thresholds), ...machineRules(thresholds) }).map(([id, draft]) =>
    createRule(checkRule(draft), { ruleId: `builtin-${id}`, nowIso, builtIn: true }),
  );
}

/** Whether a rule is about jobs and calls, of which every tenant has its own; else about the machine and the server. */
export function isAboutJobs({ condition }: Pick<AlertRuleDraft, "condition">): boolean {
  const signals = signalsOf(readCondition(condition).measurements);
  return ![...signals].some((signal) => signal.startsWith("gauge:") && !TREND_SIGNALS.has(signal));
}

const TREND_SIGNALS: ReadonlySet<string> = new Set([
  "gauge:kind_regression",
  "gauge:function_regression",
  "gauge:anomaly_score",
]);

function jobRules(thresholds: AlertThresholds): Readonly<Record<string, AlertRuleDraft>> {
  return {
    "fetch-failed": {
      name: "Fetching failed",
      description: "Something that works on a platform failed: whatever names one.",
      condition: "calls_failed + tasks_failed > 0",
      time_window: 2,
      group_by: ["platform"],
      level: "error",
      cooldown_period: 10,
      message: "Fetching from {{platform}} failed {{count}} times",
    },
    "slow-processing": {
      name: "Slower than normal",
      description: "A function takes much longer than in the day before.",
      condition: "duration_ratio_to_baseline > threshold",
      resolve_condition: "duration_ratio_to_baseline < threshold * 0.9",
      threshold: thresholds.slow_ratio,
      time_window: 10,
      min_samples: 5,
      group_by: ["function_name"],
      level: "warning",
      cooldown_period: 30,
      message: "{{function_name}} takes {{value}} times as long as normal",
    },
    "error-rate": {
      name: "High error rate",
      description: "Too many of the calls and tasks fail.",
      condition: "error_rate > threshold",
      resolve_condition: "error_rate < threshold * 0.8",
      threshold: thresholds.error_rate,
      time_window: 10,
      min_samples: 10,
      level: "error",
      cooldown_period: 10,
      message: "{{count}} calls and tasks failed within 10 minutes: {{value %}} of all",
    },
    "cycle-completed": {
      name: "Run ended",
      description: "A whole run has ended, in whatever way.",
      condition: 'events("session.completed") > 0',
      time_window: 1,
      group_by: ["job_id", "kind"],
      level: "info",
      message: "The {{kind}} run {{job_id}} has ended",
    },
    "stage-failed": {
      name: "Stage failed",
      condition: 'events("stage.failed") > 0',
      time_window: 5,
      group_by: ["job_id", "stage"],
      level: "error",
      message: "Stage {{stage}} of {{job_id}} failed",
    },
    "stage-slow": {
      name: "Slow stage",
      description: "A stage takes, or took, longer than it should.",
      condition: "step_duration_ms > threshold * 1000",
      threshold: thresholds.processing_seconds,
      time_window: 5,
      group_by: ["job_id", "stage"],
      level: "warning",
      message: "Stage {{stage}} of {{job_id}} takes longer than {{threshold}} s",
    },
    "job-stuck": {
      name: "Job stuck",
      description: "Nothing is reported of a job, or nothing of it advances.",
      condition: "liveness_level >= 2 && liveness_level <= 3",
      time_window: 5,
      no_data: "keep",
      group_by: ["job_id"],
      level: "error",
      message: "Job {{job_id}} does not advance",
    },
    "worker-lost": {
      name: "Worker lost",
      description: "The worker of a job was not heard of for longer than its heartbeats allow.",
      condition: "liveness_level == 4",
      time_window: 5,
      no_data: "keep",
      group_by: ["job_id"],
      level: "error",
      message: "The worker of {{job_id}} is silent",
    },
    "jobs-slower": {
      name: "Jobs got slower",
      description: "Jobs of a kind take longer than before: to be seen, told to no channel unless one is named here.",
      condition: "kind_regression >= threshold",
      threshold: 0.1,
      time_window: 1_440,
      no_data: "keep",
      group_by: ["kind"],
      level: "info",
      cooldown_period: 60,
      notification_channels: [],
      message: "Jobs of {{kind}} take {{value %}} longer than before",
    },
  };
}

function machineRules(thresholds: AlertThresholds): Readonly<Record<string, AlertRuleDraft>> {
  return {
    // Who renders is busy now and then, and is meant to be.
    "cpu-high": { ...over("CPU busy", "cpu_percent", thresholds.cpu_percent, "warning"), for: 60 },
    "memory-high": over("Memory low", "memory_percent", thresholds.memory_percent, "warning"),
    "memory-critical": over("Memory nearly gone", "memory_percent", thresholds.memory_critical_percent, "critical"),
    "disk-full": over("Disk nearly full", "disk_percent", thresholds.disk_percent, "error"),
    "ffmpeg-unavailable": unavailable("ffmpeg unavailable", "ffmpeg", "critical"),
    "storage-unavailable": unavailable("Storage unavailable", "object_storage", "critical"),
    "log-files-unwritable": unavailable("Log files unwritable", "log_files", "error"),
    "records-dropped": {
      name: "Playhead drops records",
      description: "Playhead itself could not keep up: what is shown may be incomplete.",
      condition: "dropped_records > 0",
      time_window: 5,
      level: "error",
      cooldown_period: 10,
      message: "{{count}} records could not be kept within 5 minutes",
    },
  };
}

function over(name: string, measurement: string, threshold: number, level: AlertRuleDraft["level"]): AlertRuleDraft {
  return {
    name,
    condition: `${measurement} > threshold`,
    resolve_condition: `${measurement} < threshold - ${CALM_POINTS}`,
    threshold,
    time_window: 1,
    no_data: "keep",
    group_by: ["host"],
    level,
    cooldown_period: 10,
    message: `${name} on {{host}}: {{value}} %`,
  };
}

function unavailable(name: string, component: string, level: AlertRuleDraft["level"]): AlertRuleDraft {
  return {
    name,
    condition: "health_status >= 2",
    time_window: 10,
    no_data: "keep",
    scope: { component: [component] },
    level,
    cooldown_period: 10,
    message: `${name}: see the health page`,
  };
}
