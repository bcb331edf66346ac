import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, "..", "bench", "chaos.ts");
const LIMIT_MS = 180_000;

/** The bounded form of bench/chaos.ts, in a process of its own. */
async function chaos(...flags: string[]) {
  const args = ["--conditions=playhead-src", SCRIPT, "--quick", ...flags];
  // It exits with 1 when a target is missed, and has said which.
  const { stdout, stderr } = await run(process.execPath, args, { timeout: LIMIT_MS }).catch((failed) => failed);
  const report = JSON.parse(stdout || "null");
  if (report === null) throw new Error(`expected a report, got: ${stderr}`);
  return report;
}

test("40 jobs, 3 workers, 120 viewers, cuts and kills everywhere: nothing is lost, doubled or out of order", {
  timeout: LIMIT_MS,
}, async () => {
  const { results, targets, settings } = await chaos();
  expect({ seed: settings.seed, missed: targets.filter(({ met }: { met: boolean }) => !met) }).toEqual({
    seed: settings.seed,
    missed: [],
  });
  expect(results).toMatchObject({ undelivered_workers: 0, unfinished_jobs: 0, facts: expect.any(Number) });
  // There was something to lose.
  expect(results.restarts).toBeGreaterThan(0);
  expect(results.cuts).toBeGreaterThan(50);
  expect(results.facts_expected_at_viewers).toBeGreaterThan(1_000);
});

test("viewers that come back without saying where they were lose facts, and it is seen", {
  timeout: LIMIT_MS,
}, async () => {
  const { results } = await chaos("--no-resume");
  expect(results.lost).toBeGreaterThan(0);
});
