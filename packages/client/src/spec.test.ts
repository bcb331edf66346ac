import fs from "node:fs";
import { describe, expect, test } from "vitest";
import { CONNECTION_EVENTS, CONNECTION_STATES, NOW } from "../test/connection-samples.ts";
import { nextConnectionState } from "./connection-state.ts";

const FOLDER = new URL(".", import.meta.url);
const PAGE = fs.readFileSync(new URL("../SPEC.md", import.meta.url), "utf8");

/** `I7 file.test.ts: title`, of every test that claims an invariant. */
function claimedByTests(): readonly string[] {
  const files = fs
    .readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.test\.ts$/.test(file));
  return files.flatMap((file) => {
    const source = fs.readFileSync(new URL(file, FOLDER), "utf8");
    const titles = source.matchAll(/"(I\d+): ((?:[^"\\\n]|\\.)*)"/g);
    return [...titles].map(([, invariant, title]) => `${invariant} ${file}: ${title}`);
  });
}

/** The same, as the page has it: an invariant, and under it its tests. */
function namedByPage(): readonly string[] {
  let invariant = "";
  return PAGE.split("\n").flatMap((line) => {
    invariant = /^- \*\*(I\d+)\*\* \S/.exec(line)?.[1] ?? invariant;
    const [, file, title] = /^ {2}- `(.+?)`: (.+)$/.exec(line) ?? [];
    return file === undefined ? [] : [`${invariant} ${file}: ${title}`];
  });
}

/** The one table of the page, row by row. */
function tableOfPage(): readonly (readonly string[])[] {
  const rows = PAGE.split("\n").filter((line) => line.startsWith("| "));
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.replaceAll("`", "").trim()),
  );
}

describe("SPEC.md", () => {
  test("I20: this page names each test of an invariant, and each such test names one of this page", () => {
    expect([...new Set(namedByPage())].toSorted()).toEqual([...new Set(claimedByTests())].toSorted());
  });

  test("the invariants are numbered without a gap, each has a sentence and a test", () => {
    const numbers = [...PAGE.matchAll(/^- \*\*I(\d+)\*\* .+\.$/gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(new Set(namedByPage().map((line) => line.split(" ")[0])).size).toBe(numbers.length);
  });

  test("I20: the table of states and events is that of the code", () => {
    const inputs = { nowMs: NOW, random: 0.5 };
    const rows = Object.entries(CONNECTION_STATES).map(([status, state]) => [
      status,
      ...Object.values(CONNECTION_EVENTS).map((event) => {
        const after = nextConnectionState(state, event, inputs);
        return after === state ? "·" : after.status;
      }),
    ]);
    expect(tableOfPage()).toEqual([["state", ...Object.keys(CONNECTION_EVENTS)], ...rows]);
  });
});
