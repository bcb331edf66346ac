import { type AlertRule, PlayheadError } from "@playhead/core";
import { expect, test } from "vitest";
import { draftOf, faultsOf, fieldsOf, NEW_RULE } from "./rule-fields.ts";

const RULE: AlertRule = {
  rule_id: "r",
  name: "Clips fail",
  description: "Too many of them",
  condition: "error_rate > threshold",
  resolve_condition: "error_rate < 0.05",
  threshold: 0.1,
  time_window: 10,
  min_samples: 20,
  no_data: "keep",
  for: 30,
  keep_firing_for: 60,
  cooldown_period: 15,
  repeat_every: 120,
  level: "error",
  notification_channels: ["ops", "pager"],
  enabled: false,
  scope: { kind: ["clips", "bulk"], stage: ["upload"] },
  group_by: ["stage"],
  labels: { team: "video" },
  runbook_url: "https://wiki.example.com/clips",
  message: "{{value}} of the clips fail",
  built_in: false,
  created_at: "2026-11-21T14:00:00.000Z",
  updated_at: "2026-11-21T14:00:00.000Z",
};

test("a rule that is opened and saved is the same", () => {
  const { rule_id, built_in, created_at, updated_at, ...draft } = RULE;
  expect(draftOf(fieldsOf(RULE))).toEqual(draft);
});

test("what is left empty is not said, or is null where that says never", () => {
  const plain = { ...RULE, threshold: null, resolve_condition: null, runbook_url: null, repeat_every: null };
  const draft = draftOf(fieldsOf({ ...plain, notification_channels: ["*"] }));
  expect(draft).toMatchObject({ repeat_every: null, notification_channels: ["*"] });
  expect(Object.keys(draft)).not.toEqual(expect.arrayContaining(["threshold"]));
  expect(Object.keys(draft)).not.toEqual(expect.arrayContaining(["resolve_condition"]));
});

test.each([
  { typed: "0,5", sent: 0.5 },
  { typed: " 7 ", sent: 7 },
  { typed: "many", sent: "many" },
])("a threshold that is typed as “$typed” is sent as $sent", ({ typed, sent }) => {
  expect(draftOf({ ...NEW_RULE, threshold: typed }).threshold).toBe(sent);
});

test("faults are told where they are", () => {
  const faults = [
    { path: "condition", message: "there is no measurement eror_rate" },
    { path: "scope.stage[0]", message: "expected a text" },
    { path: "rule", message: "expected an object" },
  ];
  expect(faultsOf(new PlayheadError("validation_error", "no", { detail: { faults } }))).toEqual([
    { field: "condition", text: "There is no measurement eror_rate." },
    { field: "scope", text: "Expected a text." },
    { field: null, text: "rule: Expected an object." },
  ]);
  expect(faultsOf(new Error("the server cannot be reached"))).toEqual([
    { field: null, text: "The server cannot be reached." },
  ]);
});
