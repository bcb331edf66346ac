import fc from "fast-check";
import { expect, test } from "vitest";
import { createFifo } from "./fifo.ts";

test("property: behaves as an array does with push and shift, also beyond where it is cut", () => {
  const act = fc.oneof(
    fc.record({ push: fc.integer({ min: 1, max: 1_500 }) }),
    fc.record({ shift: fc.integer({ min: 1, max: 1_500 }) }),
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
        } else {
          for (let i = 0; i < each.shift; i += 1) expect(fifo.shift()).toBe(array.shift());
        }
        expect(fifo.size()).toBe(array.length);
        expect(fifo.peek()).toBe(array[0]);
      }
    }),
    { numRuns: 50 },
  );
});
