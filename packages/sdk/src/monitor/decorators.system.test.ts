import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { observed } from "../../test/observed.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import * as instruments from "./monitor.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const FIXTURE = join(import.meta.dirname, "../../fixtures/decorated.ts.txt");

/** The class of the fixture, as TypeScript compiles it: Node itself cannot read `@`. */
async function compiled() {
  const folder = tempFolder();
  const source = join(folder, "decorated.ts");
  writeFileSync(source, readFileSync(FIXTURE));
  const args = [
    "--target",
    "es2022",
    "--module",
    "nodenext",
    "--strict",
    "--ignoreConfig",
    "--types",
    "",
    "--typeRoots",
    folder,
  ];
  const made = spawnSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), ...args, source], {
    cwd: folder,
    encoding: "utf8",
  });
  if (made.status !== 0) throw new Error(made.stdout + made.stderr);
  return import(/* @vite-ignore */ pathToFileURL(join(folder, "decorated.js")).href);
}

test("as decorators they record methods, static and private ones, getters, setters, accessors and fields", async () => {
  const { ended } = observed();
  const { declare } = await compiled();
  const Cache = declare(instruments);
  const cache = new Cache();
  expect(await cache.load("a")).toBe("a1");
  expect(Cache.make()).toBeInstanceOf(Cache);
  expect(cache.useSecret(2)).toBe(4);
  cache.size = 7;
  expect(cache.size).toBe(7);
  cache.limit = 3;
  expect(cache.limit).toBe(3);
  expect(cache.double(4)).toBe(8);
  expect([...cache.items()]).toEqual([1, 2]);
  expect(() => cache.fail()).toThrow("no");
  expect(Cache.prototype.load.name).toBe("load");
  expect(Cache.prototype.load.length).toBe(1);
  class Sub extends Cache {}
  expect(await new Sub().load("b")).toBe("b1");
  const calls = (await ended()).map(({ name, error }) => (error === undefined ? name : `${name}: ${error.message}`));
  expect(calls).toEqual([
    "Cache.load",
    "Cache.make",
    "Cache.#secret",
    "Cache.set size",
    "Cache.get size",
    "Cache.set limit",
    "Cache.get limit",
    "double",
    "Cache.items",
    "Cache.fail: no",
    "Cache.load",
  ]);
  expect(() => declare(instruments, true)).toThrow("expected a method, an accessor or a field, got a class");
});
