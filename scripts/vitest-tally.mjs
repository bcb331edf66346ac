// What vitest's JSON report says, in numbers, and which tests were lucky.
import fs from "node:fs";
import path from "node:path";

/**
 * Counts the tests of one vitest run. What failed without being a test counts as one failure, too: a file that did not
 * load, a hook, an error that no test caught, a run that was stopped.
 * @param {string} reportFile written by vitest's JSON reporter; it is missing when the run was stopped
 * @param {boolean} ok whether the run itself ended well
 * @returns {{ passed: number, failed: number, skipped: number, secondTries: readonly string[] }} `secondTries`: tests that
 *   failed first and passed then, each with what its failure said
 */
export function tallyVitest(reportFile, ok) {
  if (!fs.existsSync(reportFile)) return { passed: 0, failed: 1, skipped: 0, secondTries: [] };
  const report = JSON.parse(fs.readFileSync(reportFile, "utf8"));
  const brokenFiles = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"),
  );
  const failed = report.numFailedTests + brokenFiles.length;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && !ok ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
    secondTries: report.testResults.flatMap(secondTriesOf),
  };
}

/** The report keeps what failed tries said, also of a test that passed in the end: nothing else tells of them. */
function secondTriesOf({ name, assertionResults }) {
  return assertionResults
    .filter(({ status, failureMessages }) => status === "passed" && failureMessages.length > 0)
    .map(({ ancestorTitles, title, failureMessages }) => {
      const [why] = failureMessages[0].split("\n", 1);
      return `${[path.relative(process.cwd(), name), ...ancestorTitles, title].join(" > ")}: ${why}`;
    });
}
