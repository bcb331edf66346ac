import fc from "fast-check";
import { expect, test } from "vitest";
import { copyAsJson, copyAsJsonObject, shortText } from "./json-copy.ts";

class Point {
  x = 1;
  #hidden = 2;
  get sum() {
    return this.x + this.#hidden;
  }
}

test.for([
  { name: "plain data", given: { a: [1, "x", null, true] }, expected: { a: [1, "x", null, true] } },
  {
    name: "numbers that JSON has not",
    given: [Number.NaN, Number.POSITIVE_INFINITY, 10n],
    expected: [null, null, "10"],
  },
  { name: "what is nothing", given: { a: undefined, b: () => 1, c: Symbol("s") }, expected: {} },
  { name: "nothing in a list", given: [undefined, () => 1], expected: [null, null] },
  { name: "dates", given: [new Date(0), new Date(Number.NaN)], expected: ["1970-01-01T00:00:00.000Z", null] },
  { name: "an address", given: new URL("https://x.example/a"), expected: "https://x.example/a" },
  { name: "an error, without its stack", given: new TypeError("no"), expected: { name: "TypeError", message: "no" } },
  { name: "bytes", given: [Buffer.from("abc"), new ArrayBuffer(2)], expected: ["[3 bytes]", "[2 bytes]"] },
  { name: "maps and sets", given: [new Map([["a", 1]]), new Set([1, 2])], expected: [{ a: 1 }, [1, 2]] },
  { name: "an instance of a class", given: new Point(), expected: { x: 1 } },
  { name: "a key that is special", given: JSON.parse('{"__proto__": 1}'), expected: JSON.parse('{"__proto__": 1}') },
])("copies $name", ({ given, expected }) => {
  expect(copyAsJson(given)).toEqual(expected);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test("is bounded: depth, number of values, length of text", () => {
  const deep: Record<string, unknown> = {};
  deep.self = deep;
  expect(JSON.stringify(copyAsJson(deep)).length).toBeLessThan(200);
  expect(copyAsJson(Array.from({ length: 100_000 }, (_, i) => i))).toHaveLength(2_000);
  expect(
    Object.keys(copyAsJson(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i]))) as object),
  ).toHaveLength(2_000);
  expect((copyAsJson("x".repeat(100_000)) as string).length).toBe(8_192);
  expect(shortText("abcdef", 4)).toBe("abc…");
});

test("an object with nothing in it is none", () => {
  for (const value of [null, undefined, 3, "x", [], {}, { a: undefined }, [1]])
    expect(copyAsJsonObject(value)).toBeNull();
});

test("property: whatever comes, the copy is JSON and the same when copied again", () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withNullPrototype: true,
  });
  fc.assert(
    fc.property(anything, (value) => {
      const copied = copyAsJson(value);
      if (copied === undefined) return;
      expect(JSON.parse(JSON.stringify(copied))).toEqual(normalized(copied));
    }),
  );
});

/** JSON knows no negative zero. */
function normalized(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, each: unknown) => each);
}
