import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { LONG, longFirst } from "./long-first.ts";

const ROOT = path.resolve(import.meta.dirname, "..");

test("each file that is said to be long is there", () => {
  expect(LONG.filter((file) => !fs.existsSync(path.join(ROOT, file)))).toEqual([]);
});

test("long files begin first, the longest before all; the others stay in their order", () => {
  const files = ["/b.test.ts", `/${LONG[2]}`, "/a.test.ts", `/${LONG[0]}`].map((moduleId) => ({ moduleId }));
  expect(longFirst(files).map(({ moduleId }) => moduleId)).toEqual([
    `/${LONG[0]}`,
    `/${LONG[2]}`,
    "/b.test.ts",
    "/a.test.ts",
  ]);
});
