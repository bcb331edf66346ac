import fc from "fast-check";
import { expect, test } from "vitest";
import { span, spanId, tracesOf } from "../../../test/otlp-spans.ts";
import { readSpans } from "../wire/read-requests.ts";
import { parentsFirst } from "./parents-first.ts";

const idsOf = (...given: readonly object[]) =>
  parentsFirst(readSpans(tracesOf(given)).items).map(({ spanId }) => Number.parseInt(spanId, 16));

test.each([
  { name: "as they began", spans: [span(2, { from: 9 }), span(1, { from: 3 })], expected: [1, 2] },
  { name: "as they came, at the same time", spans: [span(7, { from: 1 }), span(3, { from: 1 })], expected: [7, 3] },
  {
    name: "parents before, though their clock is late",
    spans: [span(3, { from: 1, parent: spanId(2) }), span(2, { from: 5, parent: spanId(1) }), span(1, { from: 9 })],
    expected: [1, 2, 3],
  },
  { name: "its own parent", spans: [span(1, { parent: spanId(1) })], expected: [1] },
])("$name", ({ spans, expected }) => {
  expect(idsOf(...spans)).toEqual(expected);
});

test("none is lost, whoever is whose parent", () => {
  const any = fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.nat(5)), { minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(any, (parents) => {
      const ids = idsOf(...parents.map(([parent, from], at) => span(at + 1, { from, parent: spanId(parent) })));
      expect(ids.sort((a, b) => a - b)).toEqual(parents.map((_, at) => at + 1));
    }),
  );
});
