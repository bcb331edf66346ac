import { expect, onTestFinished, test } from "vitest";
import { createRetention, type Keeper, type RetentionDeps, type RetentionLimits } from "./retention.ts";

const DAY_MS = 24 * 3_600_000;
const NOW_MS = 1_000 * DAY_MS;

/** Has so many steps to do, in each of which it removes 2 things. */
function keeperOf(name: string, steps: number, at: (limits: RetentionLimits) => void = () => undefined) {
  let left = steps;
  const keeper: Keeper = {
    name,
    async step(limits) {
      at(limits);
      left -= 1;
      return { removed: { [name]: 2 }, hasMore: left > 0 };
    },
  };
  return keeper;
}

function setup(deps: Partial<RetentionDeps> = {}) {
  const errors: string[] = [];
  const retention = createRetention({
    keepers: [],
    policy: { detailsMs: 90 * DAY_MS, summariesMs: 365 * DAY_MS },
    maintain: async () => false,
    isQuiet: () => true,
    nowMs: () => NOW_MS,
    onError: (error, keeper) => errors.push(`${keeper}: ${(error as Error).message}`),
    ...deps,
  });
  onTestFinished(() => retention.close());
  return { retention, errors };
}

test("each keeper is asked until it has no more, and what went is added up", async () => {
  const { retention } = setup({ keepers: [keeperOf("a", 3), keeperOf("b", 1), keeperOf("a", 2)] });
  expect(await retention.runNow()).toEqual({
    limits: { detailsBeforeMs: 910 * DAY_MS, summariesBeforeMs: 635 * DAY_MS },
    removed: { a: 10, b: 2 },
    isComplete: true,
  });
});

test("summaries are never let go of before the details", async () => {
  const { retention } = setup({ policy: { detailsMs: 500 * DAY_MS, summariesMs: 365 * DAY_MS } });
  const { limits } = await retention.runNow();
  expect(limits).toEqual({ detailsBeforeMs: 500 * DAY_MS, summariesBeforeMs: 500 * DAY_MS });
});

test("steps come one after the other, however many ask", async () => {
  let atWork = 0;
  let most = 0;
  const keeper = keeperOf("a", 6);
  const slow: Keeper = {
    name: "a",
    async step(limits) {
      atWork += 1;
      most = Math.max(most, atWork);
      await Promise.resolve();
      atWork -= 1;
      return keeper.step(limits);
    },
  };
  const { retention } = setup({ keepers: [slow] });
  const reports = await Promise.all([retention.runNow(), retention.runNow()]);
  expect(most).toBe(1);
  expect(reports.map(({ isComplete }) => isComplete)).toEqual([true, true]);
});

test("one that fails holds up no other, and is told", async () => {
  const broken: Keeper = { name: "broken", step: () => Promise.reject(new Error("no room")) };
  const { retention, errors } = setup({ keepers: [broken, keeperOf("b", 2)] });
  expect(await retention.runNow()).toMatchObject({ removed: { b: 4 }, isComplete: false });
  expect(errors).toEqual(["broken: no room"]);
});

test("a run that has no time left says that there is more", async () => {
  const { retention } = setup({ keepers: [keeperOf("a", 2)] });
  expect(await retention.runNow(0)).toMatchObject({ removed: {}, isComplete: false });
});

test("it runs by itself, again and again, and keeps house afterwards while nobody wants anything", async () => {
  const said: string[] = [];
  const enough = Promise.withResolvers<void>();
  let toTidy = 3;
  let runs = 0;
  const { retention } = setup({
    keepers: [
      keeperOf("a", 1, () => {
        said.push("clean");
        runs += 1;
        if (runs === 3) enough.resolve();
      }),
    ],
    maintain: async () => {
      said.push("tidy");
      toTidy -= 1;
      return toTidy > 0;
    },
    isQuiet: () => runs < 2,
    firstAfterMs: 1,
    everyMs: 1,
  });
  expect(said).toEqual([]);
  retention.start();
  await enough.promise;
  // In the second run somebody wanted something.
  expect(said.slice(0, 6)).toEqual(["clean", "tidy", "tidy", "tidy", "clean", "clean"]);
});

test("closing waits for the step under way, and lets no other begin", async () => {
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  let steps = 0;
  const { retention, errors } = setup({
    keepers: [
      {
        name: "a",
        async step() {
          steps += 1;
          begun.resolve();
          await gate.promise;
          return { removed: {}, hasMore: true };
        },
      },
    ],
  });
  const running = retention.runNow();
  await begun.promise;
  let isClosed = false;
  const closing = retention.close().then(() => {
    isClosed = true;
  });
  await Promise.resolve();
  expect(isClosed).toBe(false);
  gate.resolve();
  await closing;
  expect(await running).toMatchObject({ isComplete: false });
  expect([steps, errors]).toEqual([1, []]);
});
