import { expect, test } from "vitest";
import { createShortcuts, type PressedKey, SHORTCUTS } from "./shortcuts.ts";

const pressed = (key: string, more: Partial<PressedKey> = {}): PressedKey => ({
  key,
  mod: false,
  alt: false,
  isTyping: false,
  atMs: 0,
  ...more,
});

/** What the last of the keys asks for. */
function after(keys: readonly PressedKey[], lettersCount = true) {
  const shortcuts = createShortcuts();
  return keys.map((key) => shortcuts.press(key, lettersCount)).at(-1) ?? null;
}

const go = (href: string) => ({ type: "go", href });

test.each([
  { name: "Ctrl K", keys: [pressed("k", { mod: true })], asks: { type: "palette" } },
  {
    name: "Ctrl K in a field, with caps lock",
    keys: [pressed("K", { mod: true, isTyping: true })],
    asks: { type: "palette" },
  },
  { name: "k alone", keys: [pressed("k")], asks: null },
  { name: "g j", keys: [pressed("g"), pressed("j", { atMs: 1_200 })], asks: go("/jobs") },
  { name: "g, and j too late", keys: [pressed("g"), pressed("j", { atMs: 1_201 })], asks: null },
  { name: "g g j", keys: [pressed("g"), pressed("g"), pressed("j")], asks: go("/jobs") },
  { name: "g x j", keys: [pressed("g"), pressed("x"), pressed("j")], asks: null },
  { name: "g j in a field", keys: [pressed("g", { isTyping: true }), pressed("j", { isTyping: true })], asks: null },
  { name: "/ and what follows it", keys: [pressed("/"), pressed("?")], asks: { type: "help" } },
  { name: "Alt /", keys: [pressed("/", { alt: true })], asks: null },
  { name: "Ctrl /", keys: [pressed("/", { mod: true })], asks: null },
])("$name", ({ keys, asks }) => expect(after(keys)).toEqual(asks));

test("who turned letters off has Ctrl K still", () => {
  expect(after([pressed("?")], false)).toBeNull();
  expect(after([pressed("k", { mod: true })], false)).toEqual({ type: "palette" });
});

test("no two are asked for by the same keys", () => {
  const keys = SHORTCUTS.map(({ keys: each, needsMod }) => `${needsMod === true ? "mod " : ""}${each.join(" ")}`);
  expect(new Set(keys).size).toBe(keys.length);
});
