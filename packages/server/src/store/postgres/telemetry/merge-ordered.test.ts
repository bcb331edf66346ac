import fc from "fast-check";
import { expect, test } from "vitest";
import { mergeOrdered } from "./merge-ordered.ts";

async function* later<Item>(items: readonly Item[]): AsyncGenerator<Item, void> {
  for (const item of items) {
    await Promise.resolve();
    yield item;
  }
}

test("gives all of all lists, in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(fc.integer(), { maxLength: 8 }), { maxLength: 4 }), async (lists) => {
      const compare = (a: number, b: number) => a - b;
      const sorted = lists.map((list) => list.toSorted(compare));
      const mixed = sorted.map((list, place) => (place % 2 === 0 ? list : later(list)));
      const merged: number[] = [];
      for await (const number of mergeOrdered(mixed, compare)) merged.push(number);
      expect(merged).toEqual(lists.flat().toSorted(compare));
    }),
  );
});

test("ends the lists when nobody wants more", async () => {
  let isEnded = false;
  async function* endless() {
    try {
      for (let number = 0; ; number++) yield number;
    } finally {
      isEnded = true;
    }
  }
  for await (const number of mergeOrdered([endless(), [5, 6]], (a, b) => a - b)) if (number === 6) break;
  expect(isEnded).toBe(true);
});
