import { describe, expect, test } from "vitest";
import { faultsByField, fieldsOf, inputOf } from "./form-fields.ts";

const SCHEMA = {
  type: "object",
  properties: {
    file: { type: "string", title: "Video", format: "upload", minLength: 1 },
    styles: {
      type: "array",
      items: { type: "string", enum: ["original", "split"] },
      description: "All, unless chosen",
    },
    max_parallel: { type: "integer", minimum: 1, maximum: 16, title: "Clips at a time" },
    quality: { type: "string", enum: ["draft", "best"], default: "draft" },
    loud: { type: "boolean", default: true },
    words: { type: "array", items: { type: "string" } },
    more: { type: "array", items: { type: "string", format: "upload" } },
    scenes: { type: "array", items: { type: "object" } },
    title_text: { type: "string" },
  },
  required: ["file"],
};

const fields = fieldsOf(SCHEMA);

test("each property is asked for by what it may be, in the schema's order", () => {
  expect(fields.map(({ name, title, kind, note, initial }) => [name, title, kind, note, initial])).toEqual([
    ["file", "Video", "upload", undefined, ""],
    ["styles", "Styles", "choices", "All, unless chosen", []],
    ["max_parallel", "Clips at a time", "number", "1 to 16", ""],
    ["quality", "Quality", "choice", undefined, "draft"],
    ["loud", "Loud", "boolean", undefined, true],
    ["words", "Words", "lines", undefined, ""],
    ["more", "More", "uploads", undefined, []],
    ["scenes", "Scenes", "json", undefined, ""],
    ["title_text", "Title text", "text", undefined, ""],
  ]);
  expect(fields[1]?.choices).toEqual(["original", "split"]);
});

describe("what the fields come to", () => {
  test("leaves out what was left empty, or as it came", () => {
    expect(inputOf(fields, { file: "upload:1" })).toEqual({ input: { file: "upload:1", quality: "draft" } });
  });

  test("has each value as the schema wants it", () => {
    const values = {
      file: "upload:1",
      styles: ["split"],
      max_parallel: " 3 ",
      quality: "best",
      loud: false,
      words: "one\n\n two ",
      more: ["upload:2"],
      scenes: '[{"start_sec": 0}]',
      title_text: "x",
    };
    expect(inputOf(fields, values)).toEqual({
      input: { ...values, max_parallel: 3, words: ["one", "two"], scenes: [{ start_sec: 0 }] },
    });
  });

  test("is what is wrong, by field", () => {
    expect(inputOf(fields, { max_parallel: "many", scenes: "{" })).toEqual({
      faults: {
        file: "Choose a file first.",
        max_parallel: 'Expected a number, got "many".',
        scenes: expect.stringMatching(/^Expected JSON: /),
      },
    });
  });
});

test("what the server found wrong stands at its field, the first of each", () => {
  const faults = [
    { path: "input.styles.0", message: "no such style" },
    { path: "input.styles.1", message: "nor this" },
    { path: "input", message: "all of it" },
    "body.title: too long",
  ];
  expect(faultsByField({ faults })).toEqual({ styles: "no such style" });
  expect(faultsByField({})).toEqual({});
});
