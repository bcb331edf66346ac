import { expect, test } from "vitest";
import { inputSchemaOf, parseInput } from "../job-kind.ts";
import { JOB_KINDS } from "../job-kinds.ts";
import { bulkKind } from "./bulk-kind.ts";

const TEMPLATE = { title: { text: "{{name}}" } };

test("is among the kinds, with a form: the rows come first, and are uploaded", () => {
  expect(JOB_KINDS).toContain(bulkKind);
  const { properties, required } = inputSchemaOf(bulkKind) as {
    properties: Record<string, object>;
    required: string[];
  };
  expect(Object.keys(properties)).toEqual(["rows", "template", "max_parallel", "rate"]);
  expect(properties.rows).toMatchObject({ format: "upload" });
  expect(required).toEqual(["rows", "template"]);
});

test("takes what can be done", () => {
  expect(parseInput(bulkKind, { rows: "a", template: TEMPLATE, rate: "30/min" })).toEqual({
    ...{ rows: "a", template: TEMPLATE, rate: "30/min" },
  });
});

test.each([
  { input: {}, path: "input.rows" },
  { input: { rows: "a", template: "b" }, path: "input.template" },
  { input: { rows: "a", template: TEMPLATE, rate: "fast" }, path: "input.rate" },
  { input: { rows: "a", template: { title: { text: 1 } } }, path: "input.template.title.text" },
])("refuses at $path", ({ input, path }) => {
  const parse = () => parseInput(bulkKind, input);
  expect(parse).toThrow(
    expect.objectContaining({
      code: "validation_error",
      detail: { faults: expect.arrayContaining([expect.objectContaining({ path })]) },
    }),
  );
});
