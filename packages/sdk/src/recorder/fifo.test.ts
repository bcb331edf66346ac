import fc from "fast-check";
import { expect, test } from "vitest";
import { createFifo } from "./fifo.ts";

test("property: behaves as an array does with push and shift, also beyond where it is cut", () => {
  const act = fc.oneof(
    fc.record({ push: fc.integer({ min: 1, max: 1_500 }) }),
    fc.record({ pushAll: fc.integer({ min: 0, max: 1_500 }) }),
    fc.record({ shift: fc.integer({ min: 1, max: 1_500 }) }),
    fc.record({ shiftMany: fc.integer({ min: 0, max: 1_500 }) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
      const fifo = createFifo<number>();
      const array: number[] = [];
      let next = 0;
      for (const each of acts) {
        if ("push" in each) {
          for (let i = 0; i < each.push; i += 1) {
            fifo.push(next);
            array.push(next);
            next += 1;
          }
        } else if ("pushAll" in each) {
          const items = Array.from({ length: each.pushAll }, () => next++);
          array.push(...items);
          fifo.pushAll(items);
        } else if ("shiftMany" in each) {
          const taken = fifo.shiftMany(each.shiftMany);
          expect(taken).toEqual(array.splice(0, each.shiftMany));
          // It is the taker's: what is done with it does not show.
          taken.fill(-1);
        } else {
          for (let i = 0; i < each.shift; i += 1) expect(fifo.shift()).toBe(array.shift());
        }
        expect(fifo.size()).toBe(array.length);
        expect(fifo.peek()).toBe(array[0]);
        const place = Math.floor(array.length / 2);
        expect(fifo.at(place)).toBe(array[place]);
      }
    }),
    { numRuns: 200 },
  );
});
