import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ConditionFault, MAX_CONDITION_NODES, parseCondition } from "./parse-condition.ts";

/** One a line, as JSON: what somebody might write to break us, or to see what is inside. */
const HOSTILE: readonly string[] = JSON.parse(
  readFileSync(new URL("../../../fixtures/hostile-conditions.json", import.meta.url), "utf8"),
);

const GOOD = [
  "error_rate > 0.1",
  "error_rate > threshold && sample_count >= 10",
  "p95_duration_ms > 5 * 60 * 1000 || tasks_failed == 3",
  'events("stage.failed") + events("task.failed") > 0',
  'errors("Cache.get") / calls("Cache.get") > 0.05',
  'gauge("ffmpeg_speed_ratio") < 1',
  "!(cpu_percent < 80) && -disk_percent < -90",
  "cpu_percent > (memory_percent > 50.0 ? 70.0 : 90.0)",
  "avg_duration_ms % 2 != 0 ? jobs_failed > 1 : true",
  "threshold * 1000 < step_duration_ms",
  "// a remark\nerror_rate\n>\t0.5",
];

describe("a condition", () => {
  test.each(GOOD)("%s is one", (text) => {
    expect(() => parseCondition(text)).not.toThrow();
  });

  test("keeps whole numbers as CEL computes them", () => {
    expect(parseCondition("tasks_failed > 7 / 2")).toMatchObject({ right: { op: "literal", value: 3 } });
    expect(parseCondition("tasks_failed > -7 % 4 + 2 * 3")).toMatchObject({ right: { op: "literal", value: 3 } });
  });

  const REFUSED: readonly { readonly text: string; readonly message: RegExp }[] = [
    { text: "eror_rate > 0.1", message: /there is no measurement "eror_rate"; there are error_rate, .*threshold/ },
    { text: "error_rate", message: /true or false, such as a > b, got a double/ },
    { text: "1 + 1", message: /got a int/ },
    { text: "error_rate > ", message: /is no valid expression: / },
    { text: 'error_rate > "0.1"', message: /expected a number, true or false, got a text/ },
    { text: 'event("task.failed") > 0', message: /no function "event"; there are events, calls, errors, gauge/ },
    { text: 'events("task.exploded") > 0', message: /no event "task.exploded" to be counted; there are job.created/ },
    { text: 'events("job.progress") > 0', message: /no event "job.progress" to be counted/ },
    { text: 'events("log") > 0', message: /no event "log" to be counted/ },
    { text: "events(error_rate) > 0", message: /expected events\(\) to have one name in quotes/ },
    { text: 'calls("") > 0', message: /of 1 to 200 characters/ },
    { text: "tasks_failed > 1 / 0", message: /divides by zero/ },
    { text: "tasks_failed > 9007199254740993", message: /within ±9007199254740991/ },
    { text: "tasks_failed > (cpu_percent > 1 ? 1 : 2) * 2", message: /computed with such as 1.0/ },
    { text: "error_rate > 0.1 && cpu_percent", message: /Logical operator requires bool/ },
    { text: `error_rate > ${"1".repeat(1_000)}`, message: /at most 1000 characters, got 1013/ },
    { text: 'calls("x").matches("a") > 0', message: /got \.matches\(\)/ },
    { text: "[error_rate].all(x, x > 0.0)", message: /maxListElements/ },
  ];

  test.each(REFUSED)("$text is none", ({ text, message }) => {
    expect(() => parseCondition(text)).toThrow(ConditionFault);
    expect(() => parseCondition(text)).toThrow(message);
  });
});

describe("hostile expressions", () => {
  test("there are at least 60, all different", () => {
    expect(new Set(HOSTILE).size).toBe(HOSTILE.length);
    expect(HOSTILE.length).toBeGreaterThanOrEqual(60);
  });

  test.each(HOSTILE.map((text) => ({ text })))("refused: $text", ({ text }) => {
    expect(() => parseCondition(text)).toThrow(ConditionFault);
  });

  const HUGE: readonly { readonly name: string; readonly text: string }[] = [
    { name: "10 MB of text", text: "error_rate > 0.1 || ".repeat(500_000) },
    { name: "10 MB of one name", text: "a".repeat(10_000_000) },
    { name: "a thousand brackets", text: `${"(".repeat(490)}error_rate > 0.1${")".repeat(490)}` },
    { name: "a thousand nots", text: `${"!".repeat(980)}(cpu_percent > 1)` },
    { name: "a thousand minuses", text: `cpu_percent > ${"-".repeat(980)}1` },
    { name: "nested choices", text: `${"cpu_percent>1?".repeat(60)}true${":false".repeat(60)}` },
    { name: "a huge list", text: `error_rate in [${"1,".repeat(480)}1]` },
    { name: "a huge map", text: `{${"1:1,".repeat(240)}1:1} == {}` },
    { name: "many arguments", text: `events(${'"a",'.repeat(240)}"a") > 0` },
    { name: "a long chain", text: `error_rate${".a".repeat(480)} > 0` },
    { name: "one part too many", text: `${"cpu_percent>1||".repeat(MAX_CONDITION_NODES / 4 + 1)}true` },
  ];

  test.each(HUGE)("refused: $name", ({ text }) => {
    expect(() => parseCondition(text)).toThrow(ConditionFault);
  });

  test("the largest that is allowed has 200 parts", () => {
    // Each comparison and what joins it are 4.
    const text = Array.from({ length: 50 }, () => "cpu_percent>1").join("||");
    expect(countParts(parseCondition(text))).toBe(MAX_CONDITION_NODES - 1);
    expect(() => parseCondition(`${text}||true`)).toThrow(ConditionFault);
  });
});

function countParts(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const own = "op" in value ? 1 : 0;
  return own + Object.values(value).reduce((sum, each) => sum + countParts(each), 0);
}
