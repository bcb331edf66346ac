import { checkRule, createRule, type Heard } from "@playhead/server";

type Rule = ReturnType<typeof createRule>;

/** What rules there are, and what they have to do with what happens. */
export interface Workload {
  /** Whether it has to keep up; else it is told what it costs. */
  readonly isTarget: boolean;
  rule(index: number): Rule;
}

const FUNCTIONS = 200;
const STAGES = ["upload", "analysis", "preparation", "merging", "compression", "storage_upload", "cleanup"];
const HOSTS = 20;
const JOBS = 500;

const CONDITIONS = [
  "error_rate > threshold",
  "p95_duration_ms > threshold * 100000",
  "tasks_failed > threshold * 10000 && error_rate > 0.2",
  "avg_duration_ms > 700 || max_duration_ms > threshold * 1000000",
  'events("stage.failed") > 10000 && calls_failed > 100',
  "p99_duration_ms > threshold * 100000 && sample_count > 100",
];

function makeRule(index: number, draft: object, minutes = 60): Rule {
  const condition = CONDITIONS[index % CONDITIONS.length] as string;
  const checked = checkRule({
    name: `rule ${index}`,
    level: "warning",
    time_window: minutes,
    threshold: 0.1 + index / 10_000,
    condition,
    ...draft,
  });
  return createRule(checked, { ruleId: `r${index}`, nowIso: "2026-11-21T10:00:00.000Z" });
}

/** The rules of each are 1,000; the events are the same. */
export const WORKLOADS: Readonly<Record<string, Workload>> = {
  /** As an installation has them: most are about one function or one stage, some about all, some tell labels apart. */
  mixed: {
    isTarget: true,
    rule(index) {
      if (index % 20 === 0) return makeRule(index / 20, {});
      if (index % 20 === 1) return makeRule(index, { group_by: ["function_name"] });
      if (index % 20 === 2) return makeRule(index, { condition: "cpu_percent > 80", group_by: ["host"] });
      if (index % 20 === 3) return makeRule(index, { condition: "tasks_failed > 50", group_by: ["job_id"] });
      if (index % 2 === 0) return makeRule(index, { scope: { function_name: [`function${index % FUNCTIONS}`] } });
      return makeRule(index, { scope: { stage: [STAGES[index % STAGES.length] as string], kind: ["merge"] } });
    },
  },
  /** Each has to look at each event; all of them share one window. */
  all_hear_all: { isTarget: true, rule: (index) => makeRule(index, {}) },
  /** Each has to look at each event, and has a window of its own: there is nothing to share, and nothing is worse. */
  all_alone: { isTarget: false, rule: (index) => makeRule(index, { scope: { kind: ["merge", `kind${index}`] } }) },
};

/** The n-th thing that happens: calls mostly, ends of stages, values of the machines. */
export function heardAt(index: number, atMs: number): Heard {
  const common = { tenantId: "default", atMs };
  const job_id = `job${index % JOBS}`;
  const isFailed = index % 23 === 0;
  const cause = isFailed ? `cause ${index % 7}` : null;
  if (index % 100 === 99) {
    const labels = { host: `host${index % HOSTS}`, kind: "merge" };
    return { ...common, kind: "gauge", name: "cpu_percent", value: index % 90, labels };
  }
  if (index % 4 === 3) {
    const stage = STAGES[index % STAGES.length] as string;
    const type = isFailed ? "stage.failed" : "stage.completed";
    return {
      ...common,
      kind: "event",
      type,
      cause,
      labels: { job_id, stage, kind: "merge" },
      data: { task_id: stage, stage },
    };
  }
  const labels = { job_id, kind: "merge", function_name: `function${(index * 7) % FUNCTIONS}` };
  const durationMs = 1 + ((index * 7_919) % 1_000);
  return {
    ...common,
    kind: "call",
    category: "function",
    durationMs,
    count: 1,
    errors: isFailed ? 1 : 0,
    cause,
    labels,
  };
}
