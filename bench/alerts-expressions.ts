// What bench/alerts.ts says of expressions: how long it takes to refuse hostile ones, and to evaluate the dearest.
import { readFileSync } from "node:fs";
import { checkRule, createEvaluator, createRule } from "@playhead/server";
import { heardAt } from "./alerts-workload.ts";
import { quantile } from "./report.ts";

const TIMES = 2_000;
const file = new URL("../packages/server/fixtures/hostile-conditions.json", import.meta.url);
const hostile: readonly string[] = JSON.parse(readFileSync(file, "utf8"));
/** As large as may be, of what is dearest to measure; none of it decides before the end. */
const dearest = [
  Array.from({ length: 50 }, () => "p99_duration_ms<0").join("||"),
  Array.from({ length: 30 }, () => "duration_ratio_to_baseline<0").join("||"),
  `${"p95_duration_ms*-".repeat(55)}1<0`,
  `${"p95_duration_ms<0?false:".repeat(30)}false`,
  `${"!".repeat(190)}(error_rate<0)`,
];

function draft(condition: string) {
  return { name: "x", condition, time_window: 60, level: "info", scope: { function_name: ["function7"] } };
}

const refusalsMs: number[] = [];
let accepted = 0;
for (let time = 0; time < TIMES / 100; time++) {
  for (const condition of [...hostile, "error_rate > 0.1 || ".repeat(500_000)]) {
    const fromMs = performance.now();
    try {
      checkRule(draft(condition));
      accepted++;
    } catch {
      refusalsMs.push(performance.now() - fromMs);
    }
  }
}

const evaluationsMs: number[] = [];
for (const condition of dearest) {
  const evaluator = createEvaluator();
  const rule = createRule(checkRule(draft(condition)), { ruleId: "r", nowIso: new Date(0).toISOString() });
  evaluator.setRules([{ tenantId: "default", rule }]);
  let count = 0;
  for (let index = 0; count < TIMES; index++) {
    const heard = heardAt(index, 1e12 + index * 100);
    if (heard.labels.function_name !== "function7") continue;
    const fromMs = performance.now();
    evaluator.take([heard]);
    evaluationsMs.push(performance.now() - fromMs);
    count++;
  }
}

console.log(
  JSON.stringify({
    hostile: hostile.length + 1,
    accepted,
    refusal_p99_ms: quantile(refusalsMs, 0.99),
    refusal_max_ms: Math.max(...refusalsMs),
    evaluation_p50_ms: quantile(evaluationsMs, 0.5),
    evaluation_p99_ms: quantile(evaluationsMs, 0.99),
    evaluation_max_ms: Math.max(...evaluationsMs),
  }),
);
