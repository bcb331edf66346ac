import { expect, test } from "vitest";
import { createSourcePositions } from "./source-positions.ts";

function setup(stored: Readonly<Record<string, number>> = {}) {
  const reads: string[] = [];
  let moment = 0;
  let storedUpTo = Number.POSITIVE_INFINITY;
  const positions = createSourcePositions({
    store: {
      async readSource(source) {
        reads.push(source);
        return stored[source] ?? 0;
      },
    },
    moment: () => ++moment,
    isStored: (at) => at <= storedUpTo,
  });
  return {
    positions,
    reads,
    setStoredUpTo: (value: number) => {
      storedUpTo = value;
    },
  };
}

test("a source is looked up once, and then remembered", async () => {
  const { positions, reads } = setup({ a: 7 });
  expect([await positions.positionOf("a"), await positions.positionOf("a")]).toEqual([7, 7]);
  positions.advance("a", 9);
  expect(await positions.positionOf("a")).toBe(9);
  expect(await positions.positionOf("new")).toBe(0);
  expect(reads).toEqual(["a", "new"]);
});

test("beyond 10,000 sources those heard of longest ago are forgotten, and looked up again", async () => {
  const { positions, reads } = setup();
  for (let at = 0; at < 10_000; at++) positions.advance(`s${at}`, 1);
  positions.advance("s0", 2);
  positions.advance("new", 1);
  expect(positions.size()).toBe(10_000);
  expect(await positions.positionOf("s0")).toBe(2);
  expect(reads).toEqual([]);
  await positions.positionOf("s1");
  expect(reads).toEqual(["s1"]);
});

test("none is forgotten before the store knows how far it was taken, or its records would come in twice", async () => {
  const { positions, reads, setStoredUpTo } = setup();
  setStoredUpTo(0);
  for (let at = 0; at < 10_005; at++) positions.advance(`s${at}`, 1);
  expect(positions.size()).toBe(10_005);
  expect(await positions.positionOf("s0")).toBe(1);
  setStoredUpTo(Number.POSITIVE_INFINITY);
  positions.advance("new", 1);
  expect(positions.size()).toBe(10_000);
  expect(reads).toEqual([]);
});
