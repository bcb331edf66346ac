import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ensureDiskSpace, ensureWritableFolder, freeDiskBytes } from "./disk.ts";

const folder = mkdtempSync(join(tmpdir(), "playhead-disk-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a folder that is not made yet has the room of the disk it will be on", async () => {
  expect(await freeDiskBytes(join(folder, "later", "deeper"))).toBeGreaterThan(0);
  await ensureDiskSpace(join(folder, "later"), 1);
});

test("too little room is told with both figures", async () => {
  const neededBytes = 1e18;
  await expect(ensureDiskSpace(folder, neededBytes)).rejects.toMatchObject({
    code: "disk_full",
    message: expect.stringMatching(/ free, but about 1000 PB are needed$/),
    detail: { needed_bytes: neededBytes, free_bytes: expect.any(Number) },
  });
});

test("makes the folder it is asked for", async () => {
  const path = join(folder, "a", "b");
  await ensureWritableFolder(path);
  expect(statSync(path).isDirectory()).toBe(true);
});

test("a file in the way is told", async () => {
  writeFileSync(join(folder, "file"), "");
  await expect(ensureWritableFolder(join(folder, "file", "below"))).rejects.toMatchObject({
    code: "output_unwritable",
    message: 'cannot write to "below": a part of its path is a file',
  });
  await expect(ensureWritableFolder(join(folder, "file"))).rejects.toMatchObject({ code: "output_unwritable" });
});
