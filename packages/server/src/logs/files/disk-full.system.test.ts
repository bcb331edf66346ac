import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { tempFolder } from "../../../test/temp-folder.ts";

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL("../../../fixtures/fill-log-disk.ts", import.meta.url));

/** In a mount space of its own, which ends with the process, so that nothing is left behind. */
const inOwnMounts = (command: string) => run("unshare", ["--map-root-user", "--mount", "sh", "-euc", command]);

const mayMount = await inOwnMounts("mount -t tmpfs tmpfs /mnt").then(
  () => true,
  () => false,
);

test.skipIf(!mayMount)("a full disk loses no line, tears none, and is written again once there is room", async () => {
  const disk = tempFolder();
  const { stdout } = await inOwnMounts(
    `mount -t tmpfs -o size=2m tmpfs '${disk}'
     mkdir '${disk}/other' && mount -t tmpfs -o size=1m tmpfs '${disk}/other'
     head -c 1000000 /dev/zero > '${disk}/ballast'
     exec '${process.execPath}' --conditions=playhead-src '${SCRIPT}' '${disk}/data' '${disk}/ballast'`,
  );
  const seen = JSON.parse(stdout);
  expect(seen).toMatchObject({
    refusal: "ENOSPC",
    waited: true,
    isWholeWhenFull: true,
    emergency: true,
    dropped: 0,
    error: null,
    inOrder: true,
  });
  expect(seen.count).toBe(seen.expectedCount);
  expect(seen.count).toBeGreaterThan(1_000);
  expect(seen.rotations).toBeGreaterThan(1);
  const about = (text: string) => seen.told.filter((each: string) => each.includes(text)).length;
  expect([about("application.log cannot be written (ENOSPC)"), about("application.log can be written again")]).toEqual([
    1, 1,
  ]);
});
