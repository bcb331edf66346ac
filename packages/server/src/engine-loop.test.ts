import { expect, onTestFinished, test } from "vitest";
import { createLoop } from "./engine-loop.ts";

/** A loop whose steps do what a list says, one after the other; the last one ever after. */
function setup(...does: readonly (() => Promise<boolean>)[]) {
  const errors: unknown[] = [];
  const seen: { readonly count: number; readonly resolve: () => void }[] = [];
  let [count, underWay, nowMs] = [0, 0, 0];
  const loop = createLoop({
    async step() {
      underWay += 1;
      expect(underWay).toBe(1);
      count += 1;
      for (const each of seen) if (count >= each.count) each.resolve();
      try {
        return (await does[Math.min(count, does.length) - 1]?.()) ?? false;
      } finally {
        underWay -= 1;
      }
    },
    nowMs: () => nowMs,
    onError: (error) => errors.push(error),
  });
  onTestFinished(loop.close);
  return {
    loop,
    errors,
    passTime: (ms: number) => {
      nowMs += ms;
    },
    /** Resolves when that step begins. */
    step(wanted: number): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (count >= wanted) resolve();
      seen.push({ count: wanted, resolve });
      return promise;
    },
  };
}

const fails = async () => {
  throw new Error("the disk is full");
};
const done = async () => false;
const more = async () => true;

test("goes on by itself, whatever a step does; says what failed once, and when it last worked", async () => {
  const { loop, errors, passTime, step } = setup(fails, fails, done);
  loop.start();
  await step(2);
  expect(loop.lastRunMs()).toBeNull();
  passTime(5);
  await step(4);
  expect(errors).toEqual([new Error("the disk is full")]);
  expect(loop.lastRunMs()).toBe(5);
});

test("takes one step after the other while there is more to do, and lets others in between", async () => {
  const { loop, step } = setup(more, more, more, done);
  loop.start();
  await step(1);
  expect(await loop.inTurn(async () => "in between")).toBe("in between");
  await step(4);
});

test("runs soon when it is woken, also while it runs; and no more once it is closed", async () => {
  const gate = Promise.withResolvers<boolean>();
  const { loop, step } = setup(() => gate.promise, done);
  loop.start();
  await step(1);
  loop.wake();
  gate.resolve(false);
  await step(2);
  await loop.close();
  loop.wake();
  expect(await Promise.race([step(3).then(() => "ran"), loop.inTurn(async () => "quiet")])).toBe("quiet");
});
