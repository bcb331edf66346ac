import fc from "fast-check";
import { expect, test } from "vitest";
import { createSpanIds } from "./span-ids.ts";

const WORD = 2n ** 32n;
const seed = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 32, maxLength: 32 });
/** Of a process that has just begun, and of one that has made calls for years. */
const serial = fc.oneof(fc.nat(10_000), fc.integer({ min: 1, max: 2 ** 45 }));

test("property: ids of calls are a random number plus the call's own, of 64 bits", () => {
  fc.assert(
    fc.property(seed, fc.array(serial, { minLength: 1, maxLength: 5 }), (random, firsts) => {
      const ids = createSpanIds(() => random);
      const high = BigInt(`0x${random.slice(16, 24)}`) || 1n;
      const low = BigInt(`0x${random.slice(24)}`);
      // Ids that follow one another share their first digits, for a while.
      for (const number of firsts.flatMap((first) => [first, first + 1, first + 4_095])) {
        const sum = low + BigInt(number);
        const upper = (high + sum / WORD) % WORD || 1n;
        const expected = (upper * WORD + (sum % WORD)).toString(16).padStart(16, "0");
        expect(ids.span(number)).toBe(expected);
        expect(ids.trace(number).slice(16)).toBe(expected);
      }
    }),
  );
});
