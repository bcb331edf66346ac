import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { newDemoRun } from "./demo-runs.ts";

test("each run has a folder of its own; of old runs the newest two stay, and nothing else is touched", () => {
  const data = mkdtempSync(join(tmpdir(), "playhead-demo-runs-"));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const clips = join(data, "demo", "clips");
  expect(newDemoRun(data, 0)).toBe(join(clips, "1970-01-01T00-00-00-000"));
  mkdirSync(join(clips, "mine"), { recursive: true });
  for (let day = 0; day < 5; day += 1) mkdirSync(newDemoRun(data, day * 86_400_000));
  expect(readdirSync(clips).sort()).toEqual([
    "1970-01-03T00-00-00-000",
    "1970-01-04T00-00-00-000",
    "1970-01-05T00-00-00-000",
    "mine",
  ]);
});
