import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { tempFolder } from "../../test/temp-folder.ts";
import { createPlayhead } from "../playhead.ts";
import { createLedger } from "../testing/ledger.ts";
import { startTestServer } from "../testing/test-server.ts";
import { until } from "../testing/until.ts";
import { createHttpTransport } from "../transport/http-transport.ts";

/** A disk of its own, where the machine lets us have one; null elsewhere. */
function tinyDisk(): string | null {
  const folder = tempFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=200k", "tmpfs", folder], { stdio: "pipe" });
  } catch {
    return null;
  }
  onTestFinished(() => {
    execFileSync("umount", [folder]);
  });
  return folder;
}

test("a disk that fills up while the server is away is said once; the work goes on, and all arrives once", async () => {
  const folder = tinyDisk();
  if (folder === null) return;
  const ledger = createLedger();
  const server = await startTestServer(ledger.answer);
  onTestFinished(server.close);
  const warnings: string[] = [];
  let nowMs = Date.now();
  const playhead = createPlayhead({
    transport: createHttpTransport({ url: server.url, apiKey: "k", spool: { folder } }),
    source: "w",
    nowMs: () => nowMs,
    random: () => 0,
    warn: (line) => warnings.push(line),
  });
  ledger.mood = "unavailable";
  const filler = join(folder, "filler");
  writeFileSync(filler, "x".repeat(100_000));
  const job = playhead.job({ kind: "demo", id: "j" });
  for (let i = 1; i < 1_000; i += 1) job.artifact({ type: "file", name: String(i) });
  await until(() => warnings.length > 0);
  expect(warnings).toEqual([
    expect.stringMatching(
      `^playhead: what the server does not take waits in memory, since ${folder} cannot be written: ENOSPC`,
    ),
  ]);
  // Some is on disk, some in memory; later the disk has room again.
  rmSync(filler);
  nowMs += 61_000;
  for (let i = 1_000; i < 1_500; i += 1) job.artifact({ type: "file", name: String(i) });
  await new Promise((resolve) => setTimeout(resolve, 300));
  ledger.mood = "cut after taking";
  await until(() => ledger.numbers("w").length > 0);
  ledger.mood = "well";
  expect(await playhead.close({ timeoutMs: 30_000 })).toBe(true);
  expect(ledger.numbers("w")).toEqual(Array.from({ length: 1_500 }, (_, index) => index + 1));
  expect(warnings).toHaveLength(1);
});
