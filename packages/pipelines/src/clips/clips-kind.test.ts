import { expect, test } from "vitest";
import { inputSchemaOf, parseInput } from "../job-kind.ts";
import { clipsKind } from "./clips-kind.ts";

test("the input of a job is checked, and each fault is named by its path", () => {
  expect(parseInput(clipsKind, { file: "a.mp4", styles: ["split"] })).toEqual({ file: "a.mp4", styles: ["split"] });
  expect(() => parseInput(clipsKind, { styles: ["no such"], more: 1 })).toThrow(
    expect.objectContaining({
      code: "validation_error",
      detail: {
        faults: [
          { path: "input.file", message: expect.any(String) },
          { path: "input.styles.0", message: expect.stringContaining("split") },
          { path: "input", message: expect.stringContaining("more") },
        ],
      },
    }),
  );
});

test("what may be given is said as JSON Schema", () => {
  expect(inputSchemaOf(clipsKind)).toMatchObject({
    type: "object",
    required: ["file"],
    properties: { file: { type: "string", title: "Video", format: "upload" }, styles: { type: "array" } },
    additionalProperties: false,
  });
});
