import fs from "node:fs";
import { describe, expect, test } from "vitest";
import { readTable } from "../test-support/markdown.ts";
import { JOB_TRANSITIONS } from "./job-state.ts";
import { TASK_TRANSITIONS } from "./task-state.ts";

const FOLDER = new URL(".", import.meta.url);
const PAGE = fs.readFileSync(new URL("../SPEC.md", import.meta.url), "utf8");

/** `I7 file.test.ts: title`, of every test that claims an invariant. */
function claimedByTests(): readonly string[] {
  const files = fs.readdirSync(FOLDER).filter((file) => file.endsWith(".test.ts"));
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

const sortedWords = (text = ""): readonly string[] => text.split(", ").toSorted();

function allowedIn(row: Readonly<Record<string, boolean>>): readonly string[] {
  const allowed = Object.entries(row).filter(([, may]) => may);
  return allowed.length === 0 ? ["none"] : allowed.map(([state]) => state).toSorted();
}

describe("SPEC.md", () => {
  test("I34: this page names each test of an invariant, and each such test names one of this page", () => {
    expect([...new Set(namedByPage())].toSorted()).toEqual([...new Set(claimedByTests())].toSorted());
  });

  test("the invariants are numbered without a gap, each has a sentence and a test", () => {
    const numbers = [...PAGE.matchAll(/^- \*\*I(\d+)\*\* .+\.$/gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(new Set(namedByPage().map((line) => line.split(" ")[0])).size).toBe(numbers.length);
  });

  test("I34: the tables of states are those of the code", () => {
    for (const [heading, table] of [["Jobs", JOB_TRANSITIONS] as const, ["Tasks", TASK_TRANSITIONS] as const]) {
      const rows = readTable(PAGE, heading).map(({ key, cells }) => [key, sortedWords(cells[0]?.value)]);
      expect(rows).toEqual(Object.entries(table).map(([from, row]) => [from, allowedIn(row)]));
    }
  });
});
