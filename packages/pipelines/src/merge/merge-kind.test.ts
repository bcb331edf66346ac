import { expect, test } from "vitest";
import { inputSchemaOf, parseInput } from "../job-kind.ts";
import { JOB_KINDS } from "../job-kinds.ts";
import { mergeKind } from "./merge-kind.ts";

test("it is among the kinds, and what it takes can be shown as a form", () => {
  expect(JOB_KINDS).toContain(mergeKind);
  const { properties, required } = inputSchemaOf(mergeKind);
  expect(required).toEqual(["files"]);
  expect(Object.keys(properties as object)).toEqual([
    ...["files", "name", "width", "height", "fps", "fit", "max_mb", "crf", "upload", "max_parallel"],
  ]);
  expect(properties).toMatchObject({ files: { type: "array", minItems: 2, items: { format: "upload" } } });
});

test("what is not said is filled in", () => {
  expect(parseInput(mergeKind, { files: ["a", "b"] })).toEqual({ files: ["a", "b"], name: "merged.mp4", fit: "pad" });
});

test.each([
  { given: { files: ["a"] }, path: "input.files" },
  { given: { files: ["a", "b"], name: "../b.mp4" }, path: "input.name" },
  { given: { files: ["a", "b"], name: "b.avi" }, path: "input.name" },
  { given: { files: ["a", "b"], width: 640 }, path: "input.width" },
  { given: { files: ["a", "b"], width: 641, height: 360 }, path: "input.width" },
  { given: { files: ["a", "b"], max_mb: 3, crf: 20 }, path: "input.max_mb" },
  { given: { files: ["a", "b"], fit: "stretch" }, path: "input.fit" },
  { given: { files: ["a", "b"], output: "/etc/x.mp4" }, path: "input" },
])("refused: $given", ({ given, path }) => {
  expect(() => parseInput(mergeKind, given)).toThrow(
    expect.objectContaining({ code: "validation_error", detail: { faults: [expect.objectContaining({ path })] } }),
  );
});
