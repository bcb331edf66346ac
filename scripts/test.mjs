// npm test: the gates, the dashboard's build, the unit tests, the system tests. A part that fails does not keep the others
// from running: one run shows every fault. The last line sums up.
// usage: npm test [-- what vitest takes: parts of file names, -t NAME, …]
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { runGates, verdictLine } from "./gates.mjs";
import { runNode } from "./run-command.mjs";
import { tallyVitest } from "./vitest-tally.mjs";

const BUILD_LIMIT_MS = 5 * 60_000;
const SUITES = [
  { project: "unit", reporter: "default", limitMs: 10 * 60_000 },
  // These take seconds each: show every one as it ends.
  { project: "system", reporter: "verbose", limitMs: 40 * 60_000 },
];

const filters = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };
/** Tests that passed at their second try only. */
const secondTries = [];

function add({ passed, failed, skipped = 0 }) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}

const heading = (text) => console.log(`\n── ${text} ${"─".repeat(Math.max(3, 60 - text.length))}`);

async function buildDashboard() {
  const { ok, durationMs } = await runNode(["scripts/build-dashboard.mjs"], { limitMs: BUILD_LIMIT_MS, show: true });
  console.log(verdictLine("dashboard", ok, durationMs));
  add({ passed: ok ? 1 : 0, failed: ok ? 0 : 1 });
}

async function runSuite({ project, reporter, limitMs }, reportFile) {
  const args = ["node_modules/vitest/vitest.mjs", "run", "--project", project];
  const reporters = [`--reporter=${reporter}`, "--reporter=json", `--outputFile.json=${reportFile}`];
  const { ok, timedOut } = await runNode([...args, ...reporters, ...filters], { limitMs, show: true });
  if (timedOut) console.log(`✗ the ${project} tests were stopped: not finished after ${limitMs / 60_000} minutes`);
  const tally = tallyVitest(reportFile, ok);
  add(tally);
  secondTries.push(...tally.secondTries);
  return tally.passed + tally.failed + tally.skipped;
}

process.chdir(path.resolve(import.meta.dirname, ".."));
const reports = fs.mkdtempSync(path.join(os.tmpdir(), "playhead-test-"));
process.once("exit", () => fs.rmSync(reports, { recursive: true, force: true }));

heading("check");
add(await runGates());
heading("dashboard");
await buildDashboard();

let testsFound = 0;
for (const suite of SUITES) {
  heading(`${suite.project} tests`);
  const found = await runSuite(suite, path.join(reports, `${suite.project}.json`));
  testsFound += found;
  if (found === 0 && filters.length === 0) {
    console.log(`✗ expected at least one ${suite.project} test, got none`);
    add({ passed: 0, failed: 1 });
  }
}
if (testsFound === 0 && filters.length > 0) {
  console.log(`✗ expected a test that matches ${filters.join(" ")}, got none`);
  add({ passed: 0, failed: 1 });
}

if (secondTries.length > 0) {
  heading("passed at the second try only");
  for (const test of secondTries) console.log(test);
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed > 0 ? 1 : 0;
