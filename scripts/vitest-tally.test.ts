import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { runNode } from "./run-command.mjs";
import { tallyVitest } from "./vitest-tally.mjs";

const file = (status: string, ...tests: string[]) => ({
  status,
  name: path.resolve("some.test.ts"),
  assertionResults: tests.map((each, at) => ({
    status: each,
    ancestorTitles: [],
    title: `${at}`,
    failureMessages: [],
  })),
});

const NOTHING = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };

test.each([
  {
    name: "tests are counted by how they went",
    report: {
      ...NOTHING,
      numPassedTests: 4,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 1,
      testResults: [file("failed", "passed", "failed")],
    },
    ok: false,
    expected: { passed: 4, failed: 1, skipped: 3 },
  },
  {
    name: "a file that did not load is one failure",
    report: { ...NOTHING, numPassedTests: 2, testResults: [file("failed"), file("passed", "passed", "passed")] },
    ok: false,
    expected: { passed: 2, failed: 1, skipped: 0 },
  },
  {
    name: "a hook that failed is one failure, its tests' success notwithstanding",
    report: { ...NOTHING, numPassedTests: 1, testResults: [file("failed", "passed")] },
    ok: false,
    expected: { passed: 1, failed: 1, skipped: 0 },
  },
  {
    name: "an error that no test caught is one failure",
    report: { ...NOTHING, numPassedTests: 1, testResults: [file("passed", "passed")] },
    ok: false,
    expected: { passed: 1, failed: 1, skipped: 0 },
  },
  {
    name: "a run that was stopped left no report and is one failure",
    report: undefined,
    ok: false,
    expected: { passed: 0, failed: 1, skipped: 0 },
  },
])("$name", ({ report, ok, expected }) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "playhead-tally-"));
  try {
    const reportFile = path.join(folder, "report.json");
    if (report !== undefined) fs.writeFileSync(reportFile, JSON.stringify(report));
    expect(tallyVitest(reportFile, ok)).toEqual({ ...expected, secondTries: [] });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

test("what passed at its second try only is named, with what it failed of first", { timeout: 30_000 }, async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "playhead-tally-"));
  try {
    fs.writeFileSync(
      path.join(folder, "some.test.js"),
      `import { describe, expect, test } from "vitest";
       let tries = 0;
       describe("a group", () => test("is lucky", () => expect(++tries).toBe(2)));
       test("is sound", () => undefined);
       test("is ill", () => expect(1).toBe(2));`,
    );
    const reportFile = path.join(folder, "report.json");
    const vitest = path.resolve(import.meta.dirname, "../node_modules/vitest/vitest.mjs");
    const outcome = ["--reporter=json", `--outputFile=${reportFile}`];
    const args = [vitest, "run", "--root", folder, "--retry=1", ...outcome];
    const { ok } = await runNode(args, { limitMs: 25_000 });
    expect(tallyVitest(reportFile, ok)).toEqual({
      passed: 2,
      failed: 1,
      skipped: 0,
      secondTries: [
        `${path.relative(process.cwd(), folder)}/some.test.js > a group > is lucky: AssertionError: expected 1 to be 2 // Object.is equality`,
      ],
    });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
