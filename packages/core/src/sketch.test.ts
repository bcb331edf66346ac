import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createSketch,
  decodeSketch,
  encodedBuckets,
  SKETCH_RELATIVE_ERROR,
  type Sketch,
  sumEncoded,
} from "./sketch.ts";

/** Of all magnitudes, as durations are: from a microsecond to years. */
const duration = fc.oneof(
  fc.constant(0),
  fc.double({ min: -6, max: 11.9, noNaN: true }).map((exponent) => 10 ** exponent),
  fc.integer({ min: 1, max: 100_000 }),
);
const durations = fc.array(duration, { minLength: 1, maxLength: 200 });
const SHARES = [0, 0.25, 0.5, 0.9, 0.95, 0.99, 1];

function sketchOf(values: readonly number[]): Sketch {
  const sketch = createSketch();
  for (const value of values) sketch.add(value);
  return sketch;
}

const everything = (sketch: Sketch) => ({
  count: sketch.count,
  quantiles: SHARES.map(sketch.quantile),
  text: sketch.encode(),
});

test("tells every quantile within the stated error", () => {
  fc.assert(
    fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
      const sketch = sketchOf(values);
      const sorted = Float64Array.from(values).sort();
      for (const each of [share, ...SHARES]) {
        const truth = sorted[Math.floor(each * (values.length - 1))] as number;
        // Whether a value next to a bucket's edge is in it is a matter of the last bits.
        const allowed = truth * (SKETCH_RELATIVE_ERROR + 1e-9);
        expect(Math.abs((sketch.quantile(each) as number) - truth)).toBeLessThanOrEqual(allowed);
      }
    }),
  );
});

test("is the same whether parts were merged or all was added, in whatever order", () => {
  fc.assert(
    fc.property(fc.array(durations, { maxLength: 6 }), fc.infiniteStream(fc.nat()), (parts, keys) => {
      const merged = createSketch();
      for (const part of parts) merged.merge(sketchOf(part));
      const shuffled = parts
        .flat()
        .map((value) => ({ value, key: keys.next().value }))
        .sort((a, b) => a.key - b.key);
      expect(everything(merged)).toEqual(everything(sketchOf(parts.flat())));
      expect(everything(sketchOf(shuffled.map(({ value }) => value)))).toEqual(everything(merged));
    }),
  );
});

test("comes back from its text as it was, and goes on from there", () => {
  fc.assert(
    fc.property(durations, durations, fc.integer({ min: 1, max: 2 ** 40 }), (before, after, count) => {
      const sketch = sketchOf(before);
      sketch.add(before[0] as number, count);
      const copy = decodeSketch(sketch.encode());
      expect(everything(copy)).toEqual(everything(sketch));
      for (const each of [sketch, copy]) for (const value of after) each.add(value);
      expect(everything(copy)).toEqual(everything(sketch));
    }),
  );
});

test("leaves what is merged as it was", () => {
  const part = sketchOf([1, 2, 3]);
  const before = part.encode();
  const whole = createSketch();
  whole.merge(part);
  whole.add(4);
  expect(part.encode()).toBe(before);
  expect(whole.count).toBe(4);
});

test("counts several of one value at once", () => {
  const sketch = createSketch();
  sketch.add(5, 3);
  expect(everything(sketch)).toEqual(everything(sketchOf([5, 5, 5])));
});

test("of no values has no quantile", () => {
  expect(everything(createSketch())).toEqual({ count: 0, quantiles: SHARES.map(() => null), text: "1" });
});

test.each([
  { name: "zero", value: 0, told: 0 },
  { name: "a negative value", value: -3, told: 0 },
  { name: "what is no number", value: Number.NaN, told: 0 },
  { name: "a picosecond", value: 1e-9, told: 0 },
  { name: "infinity", value: Number.POSITIVE_INFINITY, told: 1e12 },
  { name: "a million years", value: 3e16, told: 1e12 },
])("counts $name as $told", ({ value, told }) => {
  const sketch = sketchOf([value]);
  expect(sketch.count).toBe(1);
  expect(Math.abs((sketch.quantile(0.5) as number) - told)).toBeLessThanOrEqual(told * 0.02);
});

test("stays small, whatever is added", () => {
  const sketch = createSketch();
  for (let exponent = -12; exponent < 15; exponent += 0.001) sketch.add(10 ** exponent);
  let buckets = 0;
  sketch.each(() => {
    buckets += 1;
  });
  expect(buckets).toBeLessThanOrEqual(2_074);
  expect(sketch.encode().length).toBeLessThan(8_000);
});

test("of texts that are read as one it is what merging each gives, as far as each can be read", () => {
  const digits = fc.string({ unit: fc.constantFrom(..."ABCgh9_!é"), maxLength: 12 });
  const encoded = fc.oneof(
    durations.map((values) => sketchOf(values).encode()),
    durations.chain((values) => fc.nat(40).map((length) => sketchOf(values).encode().slice(0, length))),
    digits,
    digits.map((text) => `1${text}`),
  );
  fc.assert(
    fc.property(fc.array(encoded, { maxLength: 5 }), (texts) => {
      const [merged, summed] = [createSketch(), createSketch()];
      for (const text of texts) {
        try {
          merged.merge(encodedBuckets(text));
        } catch {
          // What comes before the damage was merged.
        }
      }
      summed.merge(sumEncoded(texts.join(" ")));
      expect(everything(summed)).toEqual(everything(merged));
    }),
    { numRuns: 500 },
  );
});

describe("a text that is no sketch", () => {
  test.each(["", "2AB", "1A", "1A!", "1é", "1AA", "1g", "1_____________", "1___B", `1${"AB".repeat(3_000)}`])(
    "is refused: %j",
    (text) => {
      expect(() => decodeSketch(text)).toThrow(/^expected an encoded sketch, got "/);
    },
  );

  test("never does anything but be refused or read", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (text) => {
        try {
          expect(decodeSketch(`1${text}`).count).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toMatchObject({ code: "validation_error" });
        }
      }),
    );
  });
});

test("is what it was before, when what was merged is removed again", () => {
  fc.assert(
    fc.property(durations, durations, (kept, gone) => {
      const sketch = sketchOf(kept);
      const before = everything(sketch);
      const part = sketchOf(gone);
      sketch.merge(part);
      sketch.remove(part);
      expect(everything(sketch)).toEqual(before);
    }),
  );
});
