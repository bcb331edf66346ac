import { expect, test } from "vitest";
import { type Draft, patchOf, textOf, withTyped } from "./draft.ts";
import type { Setting } from "./settings-api.ts";

const setting = (
  key: string,
  type: string,
  value: Setting["value"],
  kind: Setting["origin"]["kind"] = "file",
): Setting => ({
  key,
  section: "Any",
  description: "",
  value,
  configured: value,
  default: null,
  is_secret: false,
  is_set: value !== null,
  origin: { kind, name: null },
  reloadable: true,
  unit: null,
  environment: [],
  schema: { type },
});
const SETTINGS = [
  setting("port", "integer", 1),
  setting("thresholds.cpu_percent", "number", 80),
  setting("thresholds.disk_percent", "number", 90),
  setting("log_level", "string", "info"),
  setting("callback_private", "boolean", true),
  setting("kinds", "object", { bulk: {} }),
];
const NONE: Draft = new Map();

test("what is typed is a change until it says what the server says", () => {
  const [port] = SETTINGS as [Setting];
  const typed = withTyped(NONE, port, "2");
  expect([...typed]).toEqual([["port", "2"]]);
  expect([...withTyped(typed, port, "1")]).toEqual([]);
  expect([...withTyped(typed, port, null)]).toEqual([["port", null]]);
  expect([...withTyped(NONE, setting("port", "integer", 1, "default"), null)]).toEqual([]);
});

test.each([
  { name: "a number", key: "port", typed: "12 000", patch: { port: 12_000 } },
  { name: "no number, for the server to refuse", key: "port", typed: "ten", patch: { port: "ten" } },
  {
    name: "a part of a number",
    key: "thresholds.cpu_percent",
    typed: "0.5",
    patch: { thresholds: { cpu_percent: 0.5 } },
  },
  { name: "text", key: "log_level", typed: "error", patch: { log_level: "error" } },
  { name: "yes or no", key: "callback_private", typed: "false", patch: { callback_private: false } },
  { name: "JSON, and what is gone from it", key: "kinds", typed: '{"a": {}}', patch: { kinds: { a: {}, bulk: null } } },
  {
    name: "JSON, and what is left of it",
    key: "kinds",
    typed: '{"bulk": {"x": 1}}',
    patch: { kinds: { bulk: { x: 1 } } },
  },
  { name: "no JSON, for the server to refuse", key: "kinds", typed: "{", patch: { kinds: "{" } },
  { name: "nothing", key: "port", typed: " ", patch: { port: null } },
  { name: "back to the default", key: "port", typed: null, patch: { port: null } },
])("$name", ({ key, typed, patch }) => {
  expect(patchOf(new Map([[key, typed]]), SETTINGS)).toEqual(patch);
});

test("settings of one group are changed together", () => {
  const draft = new Map([
    ["thresholds.cpu_percent", "70"],
    ["thresholds.disk_percent", null],
  ]);
  expect(patchOf(draft, SETTINGS)).toEqual({ thresholds: { cpu_percent: 70, disk_percent: null } });
});

test("a value as it stands in its field", () => {
  expect([null, 5, true, "a", { a: 1 }].map(textOf)).toEqual(["", "5", "true", "a", '{\n  "a": 1\n}']);
});
