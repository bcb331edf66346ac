import fc from "fast-check";
import { expect, test } from "vitest";
import { LASTS } from "../../ui/range/view-range.ts";
import { type CompareView, compareQuery, EARLIERS, readCompareView, writeCompareView } from "./compare-view.ts";

const between = { from: "2026-11-01T00:00:00.000Z", to: "2026-11-02T00:00:00.000Z" };
const id = fc.option(fc.string({ unit: "grapheme", minLength: 1 }));
const views: fc.Arbitrary<CompareView> = fc.oneof(
  fc.record({ of: fc.constant("jobs" as const), jobId: id, withJobId: id }),
  fc.record({
    of: fc.constant("periods" as const),
    range: fc.oneof(fc.constant(between), fc.constantFrom(...LASTS.map(({ name }) => ({ last: name })))),
    with: fc.oneof(fc.constant(between), fc.constantFrom(...EARLIERS.map(({ name }) => name))),
  }),
);

test("a link restores what is compared", () => {
  fc.assert(
    fc.property(views, (view) => {
      expect(readCompareView(new URLSearchParams(writeCompareView(view).toString()))).toEqual(view);
    }),
  );
});

const NOW = Date.parse("2026-11-21T12:00:00.000Z");
const day = { from: "2026-11-20T12:00:00.000Z", to: "2026-11-21T12:00:00.000Z" };

test.each([
  { address: "last=24h", asked: day },
  {
    address: "last=24h&with=7d",
    asked: { ...day, before_from: "2026-11-13T12:00:00.000Z", before_to: "2026-11-14T12:00:00.000Z" },
  },
  {
    address: `last=24h&with_from=${between.from}&with_to=${between.to}`,
    asked: { ...day, before_from: between.from, before_to: between.to },
  },
  { address: "of=jobs&job=b&with_job=a", asked: { job_id: "b", before_job_id: "a" } },
  { address: "of=jobs&job=b", asked: null },
])("$address asks for $asked", ({ address, asked }) => {
  expect(compareQuery(readCompareView(new URLSearchParams(address)), NOW)).toEqual(asked);
});
