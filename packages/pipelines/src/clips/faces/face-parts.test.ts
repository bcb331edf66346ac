import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { missingFaceParts } from "./face-detector.ts";
import { locateFaceParts } from "./face-parts.ts";

test("the parts are found where they are installed", () => {
  const parts = locateFaceParts();
  const files = parts && [
    parts.library,
    join(parts.models, "blazeface.json"),
    join(parts.wasm, "tfjs-backend-wasm.wasm"),
  ];
  expect(files?.map((file) => existsSync(file))).toEqual([true, true, true]);
  expect(missingFaceParts()).toBeNull();
});

test("without them it is said what to do", () => {
  const parts = locateFaceParts("/nowhere/at-all.ts");
  expect(parts).toBeNull();
  expect(missingFaceParts(parts)).toMatchObject({
    code: "part_missing",
    retryable: false,
    hint: expect.stringContaining("--omit=optional"),
  });
});
