import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { resultOf } from "../../../test/check-result.ts";
import { tempFolder } from "../../../test/temp-folder.ts";
import { DEFAULT_HEALTH } from "../health-settings.ts";
import { tempDirectoryCheck } from "./temp-directory.ts";

const NOW = Date.parse("2026-11-21T10:00:00Z");
const HOUR = 3_600_000;
const nowMs = () => NOW;
const thresholds = () => DEFAULT_HEALTH.thresholds;

describe("the temp directory", () => {
  const check = (folder: string) =>
    resultOf(tempDirectoryCheck({ folder, nowMs, thresholds: () => ({ ...thresholds(), disk_percent: 100 }) }));

  test("counts what is Playhead's, tells what is old, and leaves nothing", async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, "playhead-a", "b"), { recursive: true });
    writeFileSync(join(folder, "playhead-a", "b", "new"), "12345");
    writeFileSync(join(folder, "playhead-old"), "123");
    writeFileSync(join(folder, "somebody-else"), "1".repeat(1_000));
    utimesSync(join(folder, "playhead-a", "b", "new"), NOW / 1_000, NOW / 1_000);
    utimesSync(join(folder, "playhead-old"), (NOW - 25 * HOUR) / 1_000, (NOW - 25 * HOUR) / 1_000);
    expect(await check(folder)).toMatchObject({
      status: "healthy",
      message: "can be written; holds 1 kB of Playhead's",
      details: { files: 2, bytes: 8, old_files: 1, old_bytes: 3, is_partial: false },
    });
  });

  test("with much that is old is a warning", async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, "playhead-left"));
    for (let at = 0; at < 100; at++) {
      const path = join(folder, "playhead-left", String(at));
      writeFileSync(path, "");
      utimesSync(path, (NOW - 25 * HOUR) / 1_000, (NOW - 25 * HOUR) / 1_000);
    }
    expect(await check(folder)).toMatchObject({
      status: "warning",
      message: "100 files (0 kB) of Playhead are older than 24 h; delete them",
    });
  });

  test("of very many files is looked at in part", async () => {
    const folder = tempFolder();
    for (let at = 0; at < 2_001; at++) writeFileSync(join(folder, `playhead-${at}`), "");
    expect(await check(folder)).toMatchObject({ details: { is_partial: true, files: 2_000 } });
  });

  test.each([
    { name: "that is not there", path: (base: string) => join(base, "gone"), code: "ENOENT" },
    {
      name: "that is a file",
      path(base: string) {
        writeFileSync(join(base, "file"), "");
        return join(base, "file");
      },
      code: "ENOTDIR",
    },
  ])("$name is critical, and says no path", async ({ path, code }) => {
    const folder = path(tempFolder());
    const { status, message, details } = await check(folder);
    expect([status, details?.folder]).toEqual(["critical", folder]);
    expect(message).toMatch(new RegExp(`^cannot be written \\(${code}\\); `));
    expect(message).not.toContain("/");
  });
});
