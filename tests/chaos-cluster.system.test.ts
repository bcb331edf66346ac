import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, "..", "bench", "chaos-cluster.ts");
const LIMIT_MS = 300_000;

test("3 nodes, 4 workers, 48 viewers, PostgreSQL and Redis: each is killed and cut off, and nothing is lost", {
  timeout: LIMIT_MS,
}, async () => {
  const args = ["--conditions=playhead-src", SCRIPT];
  // It exits with 1 when a target is missed, and has said which.
  const { stdout, stderr } = await run(process.execPath, args, { timeout: LIMIT_MS }).catch((failed) => failed);
  const report = JSON.parse(stdout || "null");
  if (report === null) throw new Error(`expected a report, got: ${stderr}`);
  const { settings, targets, results } = report;
  const missed = targets.filter(({ met }: { met: boolean }) => !met);
  expect({ missed, said: missed.length > 0 ? stderr : "" }, `seed ${settings.seed}`).toEqual({ missed: [], said: "" });
  // There was something to lose, and each fault came.
  expect(results.facts).toBeGreaterThan(500);
  expect(results.reconnects).toBeGreaterThan(settings.viewers);
  expect(results.recovered.length).toBe(14);
  console.info(results.recovered.map(toldOf).join("\n"));
});

function toldOf({
  fault,
  quickest_ms,
  slowest_ms,
}: {
  fault: string;
  quickest_ms: number;
  slowest_ms: number;
}): string {
  return `${fault}: recovered after ${quickest_ms} to ${slowest_ms} ms`;
}
