import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { builtInRules } from "./built-in-rules.ts";
import { checkRule, ruleDraftSchema } from "./check-rule.ts";
import { FUNCTIONS, MEASUREMENTS } from "./measurements.ts";

const PAGE = readFileSync(new URL("../../../../../docs/alerts.md", import.meta.url), "utf8");

const THRESHOLDS = {
  error_rate: 0.1,
  processing_seconds: 300,
  cpu_percent: 80,
  memory_percent: 80,
  memory_critical_percent: 95,
  disk_percent: 90,
  slow_ratio: 1.5,
};

/** The rows of the table under a heading, each as one line. */
function rows(heading: string): readonly string[] {
  const [, section = ""] = PAGE.split(`\n## ${heading}\n`);
  const [own = ""] = section.split("\n## ");
  return own
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2);
}

describe("docs/alerts.md", () => {
  test("lists the measurements as they are", () => {
    const told = Object.entries(MEASUREMENTS).map(
      ([name, { unit, description }]) => `| \`${name}\` | ${unit} | ${description}. |`,
    );
    expect(rows("Measurements")).toEqual(told);
  });

  test("lists the functions as they are", () => {
    const told = Object.entries(FUNCTIONS).map(([name, { description }]) => `| \`${name}\` | ${description}. |`);
    expect(rows("Functions")).toEqual(told);
  });

  test("lists the built-in rules as they are", () => {
    const told = builtInRules(THRESHOLDS, "2026-11-21T10:00:00.000Z").map(
      ({ rule_id, condition, threshold, time_window, group_by, level }) =>
        `| \`${rule_id}\` | \`${threshold === null ? condition : condition.replaceAll("threshold", String(threshold))}\` | ${time_window} | ${group_by.map((dimension) => `\`${dimension}\``).join(", ")} | ${level} |`,
    );
    expect(rows("Built-in rules")).toEqual(told);
  });

  test("explains each field of a rule", () => {
    const named = rows("What a rule is made of").map((row) => /`(\w+)`/.exec(row)?.[1]);
    expect(named).toEqual(Object.keys(ruleDraftSchema.shape));
  });

  test("has an example of a rule about trends on another page, which is one", () => {
    const page = readFileSync(new URL("../../../../../docs/performance.md", import.meta.url), "utf8");
    const [, example = ""] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
    expect(checkRule(JSON.parse(example))).toMatchObject({ group_by: ["function_name"], no_data: "keep" });
  });

  test("shows a rule that is one", async () => {
    const [, example = ""] = /```json\n([\s\S]*?)```/.exec(PAGE) ?? [];
    expect(ruleDraftSchema.safeParse(JSON.parse(example)).success).toBe(true);
  });
});
