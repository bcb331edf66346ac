import { PlayheadError } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { type CheckedRule, checkRule, createRule, draftOf } from "./check-rule.ts";

const DRAFT = { name: "Too many errors", condition: "error_rate > 0.1", time_window: 10, level: "error" } as const;

function faultsOf(draft: unknown, channels?: readonly string[]): readonly { path: string; message: string }[] {
  try {
    checkRule(draft, channels);
  } catch (error) {
    if (error instanceof PlayheadError && error.code === "validation_error") return error.detail.faults as never;
    throw error;
  }
  return [];
}

describe("a draft of a rule", () => {
  test("is filled in with what was left out", () => {
    expect(checkRule(DRAFT)).toEqual({
      ...DRAFT,
      description: "",
      resolve_condition: null,
      threshold: null,
      min_samples: 1,
      no_data: "ok",
      for: 0,
      keep_firing_for: 0,
      cooldown_period: 0,
      repeat_every: null,
      notification_channels: ["*"],
      enabled: true,
      scope: {},
      group_by: [],
      labels: {},
      runbook_url: null,
      message: "{{rule}}: {{value}}",
    } satisfies CheckedRule);
  });

  test("comes out of a rule as it went in", () => {
    const rule = createRule(checkRule({ ...DRAFT, threshold: 3 }), {
      ruleId: "r1",
      nowIso: "2026-11-21T10:00:00.000Z",
    });
    expect(rule).toMatchObject({ rule_id: "r1", built_in: false, created_at: rule.updated_at });
    expect(checkRule(draftOf(rule))).toEqual(checkRule({ ...DRAFT, threshold: 3 }));
  });

  const FAULTS: readonly { readonly given: unknown; readonly path: string; readonly message: RegExp }[] = [
    { given: null, path: "rule", message: /expected object/ },
    { given: [DRAFT], path: "rule", message: /expected object/ },
    { given: { ...DRAFT, name: "" }, path: "name", message: /got ""/ },
    { given: { ...DRAFT, name: "n".repeat(101) }, path: "name", message: /100/ },
    { given: { ...DRAFT, level: "fatal" }, path: "level", message: /"info"\|"warning".*got "fatal"/ },
    { given: { ...DRAFT, time_window: 0 }, path: "time_window", message: /got 0/ },
    { given: { ...DRAFT, time_window: 1_441 }, path: "time_window", message: /got 1441/ },
    { given: { ...DRAFT, time_window: "10" }, path: "time_window", message: /expected number.*got "10"/ },
    { given: { ...DRAFT, for: -1 }, path: "for", message: /got -1/ },
    { given: { ...DRAFT, min_samples: 1.5 }, path: "min_samples", message: /got 1.5/ },
    { given: { ...DRAFT, no_data: "panic" }, path: "no_data", message: /"ok"\|"keep"\|"alert"/ },
    { given: { ...DRAFT, treshold: 1 }, path: "treshold", message: /no such field; there are name, .*threshold/ },
    { given: { ...DRAFT, scope: { city: ["x"] } }, path: "scope.city", message: /no such field; there are job_id/ },
    { given: { ...DRAFT, scope: { platform: [] } }, path: "scope.platform", message: /got a list of 0/ },
    { given: { ...DRAFT, scope: { platform: ["a", 1] } }, path: "scope.platform[1]", message: /got 1/ },
    { given: { ...DRAFT, group_by: ["city"] }, path: "group_by[0]", message: /got "city"/ },
    { given: { ...DRAFT, group_by: ["host", "host"] }, path: "group_by[1]", message: /host is there already/ },
    { given: { ...DRAFT, labels: { "Team!": "x" } }, path: "labels.Team!", message: /a name such as team_name|key/ },
    { given: { ...DRAFT, runbook_url: "javascript:alert(1)" }, path: "runbook_url", message: /begins with http/ },
    { given: { ...DRAFT, condition: "eror > 1" }, path: "condition", message: /no measurement "eror"/ },
    { given: { ...DRAFT, condition: "1 > 2" }, path: "condition", message: /expected a measurement in it/ },
    { given: { ...DRAFT, resolve_condition: "error_rate" }, path: "resolve_condition", message: /true or false/ },
    {
      given: { ...DRAFT, condition: "error_rate > threshold" },
      path: "threshold",
      message: /since condition names it/,
    },
    {
      given: { ...DRAFT, condition: "duration_ratio_to_baseline > 1.5" },
      path: "group_by",
      message: /expected function_name in it/,
    },
    { given: { ...DRAFT, condition: "liveness_level == 3" }, path: "group_by", message: /expected job_id in it/ },
    { given: { ...DRAFT, message: "{{eror_rate}}" }, path: "message", message: /no {{eror_rate}}; there are value/ },
    { given: { ...DRAFT, message: "{{value}" }, path: "message", message: /expected each {{ to have its }}/ },
    { given: { ...DRAFT, message: "{{platform}}" }, path: "message", message: /no {{platform}}/ },
  ];

  test.each(FAULTS)("is refused for its $path: $given", ({ given, path, message }) => {
    const faults = faultsOf(given);
    expect(faults.map((fault) => fault.path)).toEqual([path]);
    expect(faults[0]?.message).toMatch(message);
  });

  test("is refused with all its faults at once", () => {
    const draft = { ...DRAFT, condition: "eror > 1", resolve_condition: "1", group_by: ["host", "host"] };
    expect(faultsOf(draft, ["mail"]).map(({ path }) => path)).toEqual([
      "condition",
      "resolve_condition",
      "group_by[1]",
    ]);
    const shapeless = { name: 1, level: 2, extra: true };
    const paths = faultsOf(shapeless).map(({ path }) => path);
    expect(paths.toSorted()).toEqual(["condition", "extra", "level", "name", "time_window"]);
  });

  test("names channels that there are", () => {
    const draft = { ...DRAFT, notification_channels: ["mail", "*", "pager"] };
    expect(faultsOf(draft)).toEqual([]);
    expect(faultsOf(draft, ["mail"])).toEqual([
      { path: "notification_channels[2]", message: 'there is no channel "pager"; there are mail, and * for all' },
    ]);
    expect(faultsOf(draft, [])[0]?.message).toMatch(/there are none yet/);
  });

  test("may name in its message what it measures, and by what it tells apart", () => {
    const message = "{{ rule }} {{level}} {{count}} {{error_rate}} {{platform}} {{team}} {{threshold}} {{value}}";
    expect(faultsOf({ ...DRAFT, message, group_by: ["platform"], labels: { team: "clips" } })).toEqual([]);
  });

  test("may measure one function by its scope", () => {
    const draft = { ...DRAFT, condition: "duration_ratio_to_baseline > 1.5" };
    expect(faultsOf({ ...draft, scope: { function_name: ["probe"] } })).toEqual([]);
    expect(faultsOf({ ...draft, scope: { function_name: ["probe", "cut"] } })).toHaveLength(1);
  });
});
