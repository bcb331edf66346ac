import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const run = promisify(execFile);

async function runExample(file: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "playhead-example-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { stdout } = await run(
    process.execPath,
    ["--conditions=playhead-src", join(import.meta.dirname, file), folder],
    {
      timeout: 60_000,
    },
  );
  return stdout;
}

test("01: watch your own code", async () => {
  expect(await runExample("01-watch-your-code.ts")).toMatch(/^job job_\w+ is completed: 3 files\n$/);
});

test("04: instrument your code", async () => {
  expect(await runExample("04-instrument-your-code.ts")).toBe(
    "in trace true, and the service as well: true\n" +
      "recorded: GET 127.0.0.1/videos/:id, CREATE videos, path.basename, INSERT videos, keep\n",
  );
});
