import { type AlertRule, createSketch } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { call, event, gauge } from "../../../test/heard.ts";
import type { Heard } from "../heard.ts";
import { checkRule, createRule } from "../rules/check-rule.ts";
import { backtest, heardOfRollup, mergeHeard } from "./backtest.ts";

const FROM_MS = Date.UTC(2026, 10, 14);
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

function rule(draft: Partial<AlertRule> & Pick<AlertRule, "condition">): AlertRule {
  const checked = checkRule({ name: "tried", level: "error", time_window: 10, ...draft });
  return createRule(checked, { ruleId: "r1", nowIso: "2026-11-21T10:00:00.000Z" });
}

async function* pages(heard: readonly Heard[], size = 3): AsyncGenerator<readonly Heard[]> {
  for (let at = 0; at < heard.length; at += size) yield heard.slice(at, at + size);
}

const failed = (atMs: number, kind = "clips") =>
  event(atMs, "clip.progress", { labels: { job_id: "j1", kind }, data: { task_id: "c1", step: "failed" } });
const run = (tried: AlertRule, heard: readonly Heard[], days = 7) =>
  backtest({ tenantId: "default", rule: tried, fromMs: FROM_MS, toMs: FROM_MS + days * DAY_MS, heard: pages(heard) });
const iso = (ms: number) => new Date(ms).toISOString();

describe("a backtest", () => {
  test("says when a rule would have fired, for whom, and until when", async () => {
    const [first, second] = [FROM_MS + DAY_MS, FROM_MS + 3 * DAY_MS];
    const heard = [failed(first), failed(first + 1_000), failed(second, "merge"), failed(second + 5_000, "merge")];
    const result = await run(rule({ condition: "tasks_failed > 1", group_by: ["kind"] }), heard);
    expect(result).toEqual({
      from: iso(FROM_MS),
      to: iso(FROM_MS + 7 * DAY_MS),
      fired: 2,
      samples: 4,
      firings: [
        { at: iso(first + 1_000), until: iso(first + 10 * MINUTE_MS), labels: { kind: "clips" }, value: 2 },
        { at: iso(second + 5_000), until: iso(second + 10 * MINUTE_MS), labels: { kind: "merge" }, value: 2 },
      ],
    });
  });

  test("takes `for` and `keep_firing_for` into account", async () => {
    const atMs = FROM_MS + DAY_MS;
    const heard = [0, 1, 2, 20, 21, 22, 23, 24, 25].map((minute) =>
      gauge(atMs + minute * MINUTE_MS, "cpu_percent", minute === 2 ? 0 : 95),
    );
    const tried = rule({ condition: "cpu_percent > 80", time_window: 2, for: 180, keep_firing_for: 120 });
    const result = await run(tried, heard, 2);
    expect(result.fired).toBe(1);
    expect(result.firings[0]).toMatchObject({
      at: iso(atMs + 23 * MINUTE_MS),
      until: iso(atMs + 29 * MINUTE_MS),
      value: 95,
    });
  });

  test.each([
    { no_data: "ok" as const, fired: 0, until: undefined },
    { no_data: "alert" as const, fired: 1, until: null },
  ])("takes missing data for what the rule does: $no_data", async ({ no_data, fired, until }) => {
    const result = await run(rule({ condition: "cpu_percent > 80", no_data }), []);
    expect(result.fired).toBe(fired);
    expect(result.firings[0]?.until).toBe(until);
  });

  test("measures what came before, and tells only of what came after", async () => {
    const heard = [
      failed(FROM_MS - 5 * MINUTE_MS),
      failed(FROM_MS - 4 * MINUTE_MS),
      failed(FROM_MS + MINUTE_MS, "merge"),
    ];
    expect((await run(rule({ condition: "tasks_failed > 2" }), heard)).fired).toBe(1);
    expect((await run(rule({ condition: "tasks_failed > 1" }), heard)).fired).toBe(0);
  });

  test("reads sums of minutes with all their durations", async () => {
    const sketch = createSketch();
    sketch.add(10, 90);
    sketch.add(5_000, 10);
    const heard = heardOfRollup("default", {
      startMs: FROM_MS + DAY_MS,
      category: "function",
      name: "probe",
      count: 100,
      errors: 4,
      summarized: 0,
      durationSumMs: 50_900,
      durationMinMs: 10,
      durationMaxMs: 5_000,
      sketch: sketch.encode(),
    });
    const tried = rule({ condition: 'p95_duration_ms > 4000 && errors("probe") == 4 && avg_duration_ms == 509' });
    expect((await run(tried, [heard])).fired).toBe(1);
  });

  test("stops after a million samples, and says how far it came", async () => {
    async function* endless(): AsyncGenerator<readonly Heard[]> {
      for (let page = 0; ; page++) {
        yield Array.from({ length: 10_000 }, (_, index) => call(FROM_MS + page * 10_000 + index, "probe"));
      }
    }
    const options = { tenantId: "default", fromMs: FROM_MS, toMs: FROM_MS + DAY_MS };
    const result = await backtest({ ...options, rule: rule({ condition: "tasks_failed > 1" }), heard: endless() });
    expect(result).toMatchObject({ samples: 1_000_000, to: iso(FROM_MS + 1_000_000), fired: 0 });
  });

  test("lets others have their turn", async () => {
    const heard = Array.from({ length: 5_000 }, (_, index) => call(FROM_MS + index, "probe"));
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await run(rule({ condition: "tasks_failed > 1" }), heard, 1);
    isDone = true;
    expect(turns).toBeGreaterThanOrEqual(10);
  });
});

test("two sources are read as one, in the order of time", async () => {
  const [first, second] = [
    [1, 4, 4, 5, 9, 12],
    [2, 3, 4, 10, 10, 11, 13, 14],
  ].map((times) => times.map((atMs) => gauge(atMs, "cpu_percent", atMs)));
  const merged: number[] = [];
  for await (const page of mergeHeard(pages(first ?? [], 2), pages(second ?? [], 3))) {
    merged.push(...page.map(({ atMs }) => atMs));
  }
  expect(merged).toEqual([1, 2, 3, 4, 4, 4, 5, 9, 10, 10, 11, 12, 13, 14]);
  const alone: number[] = [];
  for await (const page of mergeHeard(pages([]), pages(second ?? []))) alone.push(...page.map(({ atMs }) => atMs));
  expect(alone).toEqual([2, 3, 4, 10, 10, 11, 13, 14]);
});
