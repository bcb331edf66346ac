import { EXECUTION_CATEGORIES } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { LASTS } from "../../ui/range/view-range.ts";
import {
  type PerformanceView,
  readPerformanceView,
  SORT_FIELDS,
  sortedBy,
  writePerformanceView,
} from "./performance-view.ts";

const views: fc.Arbitrary<PerformanceView> = fc.record({
  range: fc.oneof(
    fc.constantFrom(...LASTS.map(({ name }) => ({ last: name }))),
    fc.constant({ from: "2026-11-01T00:00:00.000Z", to: "2026-11-02T00:00:00.000Z" }),
  ),
  category: fc.option(fc.constantFrom(...EXECUTION_CATEGORIES)),
  text: fc.string({ unit: "grapheme" }),
  sort: fc.record({ by: fc.constantFrom(...SORT_FIELDS), order: fc.constantFrom("asc", "desc") }),
});

test("a link restores the view", () => {
  fc.assert(
    fc.property(views, (view) => {
      const address = writePerformanceView(view).toString();
      expect(readPerformanceView(new URLSearchParams(address))).toEqual(view);
    }),
  );
});

test("what is usual is not in the address, and what is not known is left out of it", () => {
  const usual = readPerformanceView(new URLSearchParams("category=toys&sort=luck&order=odd&last=1y"));
  expect(usual).toEqual({ range: { last: "7d" }, category: null, text: "", sort: { by: "total", order: "desc" } });
  expect(writePerformanceView(usual).toString()).toBe("");
});

test("sorting by the same again turns it round", () => {
  const view = readPerformanceView(new URLSearchParams());
  const byName = sortedBy(view, "name");
  expect(byName.sort).toEqual({ by: "name", order: "asc" });
  expect(sortedBy(byName, "name").sort).toEqual({ by: "name", order: "desc" });
  expect(sortedBy(byName, "p95").sort).toEqual({ by: "p95", order: "desc" });
});
