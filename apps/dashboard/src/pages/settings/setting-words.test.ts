import { expect, test } from "vitest";
import { inWords, isLookedFor, originWords, settingsAnswer } from "./setting-words.ts";
import type { Configuration, Setting } from "./settings-api.ts";

const of = (kind: Setting["origin"]["kind"]) => ({ origin: { kind, name: null } }) as Setting;
const CONFIGURATION: Configuration = {
  file: "/etc/playhead.json",
  revision: "r",
  settings: [of("default")],
  waiting_for_restart: [],
  refused: null,
};

test.each([
  [{}, "Everything is as it comes"],
  [{ settings: [of("file"), of("default")] }, "1 setting of your own, all in force"],
  [{ settings: [of("file"), of("environment")] }, "2 settings of your own, all in force"],
  [{ waiting_for_restart: ["port"] }, "1 setting waits for a restart"],
  [
    { waiting_for_restart: ["port"], refused: { at: "", message: "", faults: [] } },
    "The file is refused; what it said before still holds",
  ],
])("%j: %s", (part, answer) => {
  expect(settingsAnswer({ ...CONFIGURATION, ...part })).toBe(answer);
});

test.each([
  ["300000", "ms", "5 m 00 s"],
  ["250", "ms", null],
  ["300", "s", "5 m 00 s"],
  ["52428800", "bytes", "52 MB"],
  ["80", "%", null],
  ["soon", "ms", null],
  ["", "ms", null],
])("%j %s is %s", (text, unit, words) => {
  expect(inWords(text, unit)).toBe(words);
});

test("where a value comes from", () => {
  expect(originWords({ kind: "environment", name: "LOG_LEVEL" })).toBe("set by the variable LOG_LEVEL");
  expect(originWords({ kind: "default", name: null })).toBe("default");
});

test("a setting is found by all words, in whatever is said of it", () => {
  const setting = { key: "log_level", description: "What is in no file.", section: "Log", environment: ["LOG_LEVEL"] };
  const finds = (text: string) => isLookedFor(setting as unknown as Setting, text);
  expect(["", "LEVEL", "file log", "level x"].map(finds)).toEqual([true, true, true, false]);
});
