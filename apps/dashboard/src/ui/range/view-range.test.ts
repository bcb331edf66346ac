import fc from "fast-check";
import { expect, test } from "vitest";
import { boundsOfRange, LASTS, readViewRange, type ViewRange, writeViewRange } from "./view-range.ts";

const iso = fc
  .date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true })
  .map((at) => at.toISOString());
const ranges: fc.Arbitrary<ViewRange> = fc.oneof(
  fc.constantFrom(...LASTS.map(({ name }) => ({ last: name }))),
  fc
    .tuple(iso, fc.option(iso))
    .filter(([from, to]) => to === null || to > from)
    .map(([from, to]) => ({ from, to })),
);

test("an address gives the range back that it was made of", () => {
  fc.assert(
    fc.property(ranges, (range) => {
      const search = new URLSearchParams();
      writeViewRange(range, search);
      expect(readViewRange(new URLSearchParams(search.toString()), null)).toEqual(range);
    }),
  );
});

test("every range ends after it began", () => {
  const nowMs = Date.parse("2100-01-01T00:00:01Z");
  fc.assert(
    fc.property(ranges, (range) => {
      const { fromMs, toMs } = boundsOfRange(range, nowMs);
      return fromMs < toMs;
    }),
  );
});

test.each(["", "last=2h", "from=nonsense", "to=2026-01-01", "from=2026-01-02&to=2026-01-01"])(
  "an address with “%s” names no range",
  (address) => expect(readViewRange(new URLSearchParams(address), null)).toBeNull(),
);
