// What vitest's JSON report says, in numbers.
import fs from "node:fs";

/**
 * Counts the tests of one vitest run. What failed without being a test counts as one failure, too: a file that did not
 * load, a hook, an error that no test caught, a run that was stopped.
 * @param {string} reportFile written by vitest's JSON reporter; it is missing when the run was stopped
 * @param {boolean} ok whether the run itself ended well
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
export function tallyVitest(reportFile, ok) {
  if (!fs.existsSync(reportFile)) return { passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(fs.readFileSync(reportFile, "utf8"));
  const brokenFiles = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"),
  );
  const failed = report.numFailedTests + brokenFiles.length;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && !ok ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
