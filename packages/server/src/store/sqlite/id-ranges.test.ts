import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { appendId, countIds, decodeRanges, dropIds, encodeRanges, type IdRanges } from "./id-ranges.ts";

const anyIds = fc
  .array(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 44 })), {
    maxLength: 60,
  })
  .map((gaps) => {
    let id = 0;
    return gaps.map((gap) => {
      id += gap;
      return id;
    });
  });

function rangesOf(ids: readonly number[]): IdRanges {
  const ranges: number[] = [];
  for (const id of ids) appendId(ranges, id);
  return ranges;
}

function idsOf(ranges: IdRanges): readonly number[] {
  const ids: number[] = [];
  for (let at = 0; at < ranges.length; at += 2) {
    for (let id = ranges[at] as number; id <= (ranges[at + 1] as number); id++) ids.push(id);
  }
  return ids;
}

describe("id ranges", () => {
  test("hold the ids that were appended, also as bytes", () => {
    fc.assert(
      fc.property(anyIds, (ids) => {
        const ranges = rangesOf(ids);
        expect(idsOf(ranges)).toEqual(ids);
        expect(countIds(ranges)).toBe(ids.length);
        expect(decodeRanges(encodeRanges(ranges))).toEqual(ranges);
      }),
    );
  });

  test("drop from the front", () => {
    fc.assert(
      fc.property(anyIds, fc.nat(70), (ids, count) => {
        const ranges = rangesOf(ids);
        expect(idsOf(dropIds(ranges, count))).toEqual(ids.slice(count));
      }),
    );
  });

  test("take a few bytes for a job that is alone, and two an id for one of 5,000", () => {
    const alone = Array.from({ length: 65_536 }, (_, i) => i + 1);
    const oneOfMany = Array.from({ length: 13 }, (_, i) => 1 + i * 5_000);
    expect(encodeRanges(rangesOf(alone)).length).toBeLessThan(8);
    expect(encodeRanges(rangesOf(oneOfMany)).length).toBeLessThanOrEqual(2 * 13);
  });

  test("refuse bytes that break off", () => {
    const bytes = encodeRanges([1_000_000, 2_000_000]);
    expect(() => decodeRanges(bytes.subarray(0, bytes.length - 1))).toThrow(RangeError);
  });
});
