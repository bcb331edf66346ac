import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { ComponentHealth } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { tempFolder } from "../../../test/temp-folder.ts";

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL("../../../fixtures/check-disk.ts", import.meta.url));

/** In a mount space of its own, which ends with the process, so that nothing is left behind. */
const inOwnMounts = (command: string) => run("unshare", ["--map-root-user", "--mount", "sh", "-euc", command]);

const mayMount = await inOwnMounts("mount -t tmpfs tmpfs /mnt").then(
  () => true,
  () => false,
);

/** The checks' results on a small disk of its own, after it was spoiled. */
async function resultsOn(spoil: (disk: string) => string): Promise<Record<string, ComponentHealth>> {
  const disk = tempFolder();
  const { stdout } = await inOwnMounts(
    `mount -t tmpfs -o size=2m tmpfs '${disk}'
     ${spoil(disk)}
     exec '${process.execPath}' --conditions=playhead-src '${SCRIPT}' '${disk}'`,
  );
  const results = JSON.parse(stdout) as ComponentHealth[];
  return Object.fromEntries(results.map((each) => [each.component, each]));
}

// Where nothing may be mounted they are said to be skipped: the same checks fail in other ways in their own tests.
describe.skipIf(!mayMount)("a disk of its own", () => {
  test("with room is well", async () => {
    expect(await resultsOn(() => ":")).toMatchObject({
      system_resources: { status: "healthy", message: "processor 5 %, memory 10 %, disk 0 %" },
      temp_directory: { status: "healthy", details: { files: 0, bytes: 0 } },
    });
  });

  test("that is nearly full is a warning", async () => {
    const nearlyFull = { status: "warning", message: "the disk is nearly full: 197 kB free, 90 % used" };
    expect(await resultsOn((disk) => `head -c 1900000 /dev/zero > '${disk}/ballast'`)).toMatchObject({
      system_resources: nearlyFull,
      temp_directory: nearlyFull,
    });
  });

  test("that is full is critical, and says so", async () => {
    expect(
      await resultsOn((disk) => `head -c 9000000 /dev/zero > '${disk}/ballast' 2>/dev/null || true`),
    ).toMatchObject({
      system_resources: {
        status: "critical",
        message: "the disk is full: 0 kB free, 100 % used; make room on it",
        details: { disk_percent: 100, disk_free_bytes: 0 },
      },
      temp_directory: {
        status: "critical",
        message: expect.stringMatching(/^cannot be written \(ENOSPC\); make room on its disk; the disk is full: /),
      },
    });
  });

  test("that can only be read is critical, and is told from a full one, also for root", async () => {
    expect(await resultsOn((disk) => `mount -o remount,ro '${disk}'`)).toMatchObject({
      system_resources: {
        status: "critical",
        message: "the data folder cannot be written; change its rights, or mount it for writing",
      },
      temp_directory: {
        status: "critical",
        message: "cannot be written (EROFS); mount it for writing, or set TMPDIR to another",
      },
    });
  });
});
