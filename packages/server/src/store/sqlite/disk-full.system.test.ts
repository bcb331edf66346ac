import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL("../../../fixtures/fill-disk.ts", import.meta.url));

/** In a mount space of its own, which ends with the process, so that nothing is left behind. */
const inOwnMounts = (command: string) => run("unshare", ["--map-root-user", "--mount", "sh", "-euc", command]);

const mayMount = await inOwnMounts("mount -t tmpfs tmpfs /mnt").then(
  () => true,
  () => false,
);

test(`a full disk loses nothing${mayMount ? "" : " (no right to mount a small one here: only with a bounded file, in disk-full.test.ts)"}`, async () => {
  if (!mayMount) {
    await expect(inOwnMounts("mount -t tmpfs tmpfs /mnt")).rejects.toThrow();
    return;
  }
  const disk = mkdtempSync(path.join(os.tmpdir(), "playhead-disk-"));
  try {
    const { stdout } = await inOwnMounts(
      `mount -t tmpfs -o size=6m tmpfs '${disk}'
       head -c 2000000 /dev/zero > '${disk}/ballast'
       exec '${process.execPath}' --conditions=playhead-src '${SCRIPT}' '${disk}/data' '${disk}/ballast'`,
    );
    const seen = JSON.parse(stdout);
    expect(seen).toMatchObject({ refusal: "disk_full", again: "disk_full", lostNothing: true, gapless: true });
    expect(seen.count).toBe(seen.expectedCount);
    expect(seen.count).toBeGreaterThan(1_000);
  } finally {
    rmSync(disk, { recursive: true });
  }
});
