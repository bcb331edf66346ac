import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { oddFolder, playhead } from "../test/playhead-process.ts";

/** `NODE_COMPILE_CACHE` is set where tests run; empty it is as if it were not. */
const version = (cacheHome: string) =>
  playhead(["--version"], { environment: { NODE_COMPILE_CACHE: "", XDG_CACHE_HOME: cacheHome } });

test("what was compiled is kept in the user's cache folder", async () => {
  const cacheHome = oddFolder();
  expect(await version(cacheHome)).toMatchObject({ code: 0, stderr: [] });
  const [ofThisNode = ""] = readdirSync(join(cacheHome, "playhead/compiled"));
  expect(readdirSync(join(cacheHome, "playhead/compiled", ofThisNode)).length).toBeGreaterThan(20);
});

test("where there can be no folder, nothing is kept, and all else goes as ever", async () => {
  const file = join(oddFolder(), "file");
  writeFileSync(file, "");
  expect(await version(file)).toMatchObject({ code: 0, stderr: [] });
  expect(existsSync(join(file, "playhead"))).toBe(false);
});
