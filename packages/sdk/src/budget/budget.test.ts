import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Account, Lane } from "../observe/execution.ts";
import { createBudget } from "./budget.ts";

const SETTINGS = { share: 0.02, ceiling: 0.05 };

function account(name: string, costMs: Partial<Account["costMs"]> = {}, isAsync = false): Account {
  return {
    lane: {} as Lane,
    name,
    category: "function",
    keeping: "recorded",
    isAsync,
    calls: 0,
    untimedCalls: 0,
    untimedErrors: 0,
    untilMeasured: 1,
    totals: null,
    totalsUntilMs: 0,
    stacks: 0,
    stacksSecond: 0,
    costMs: { recorded: 0.002, summarized: 0.000_2, counted: 0.000_01, ...costMs },
    changedMs: 0,
  };
}

/** Calls functions at steady rates, and looks at the budget every 10 ms. @returns what was spent, a second each */
function run(
  accounts: readonly (readonly [Account, number])[],
  seconds: number,
  budget = createBudget(SETTINGS, 0),
  fromMs = 0,
) {
  const spent: number[] = [];
  for (let second = 0; second < seconds; second += 1) {
    let ms = 0;
    for (let step = 0; step < 100; step += 1) {
      const active: Account[] = [];
      for (const [each, perSecond] of accounts) {
        each.calls = perSecond / 100;
        ms += each.calls * each.costMs[each.keeping];
        if (each.calls > 0) active.push(each);
      }
      budget.check(fromMs + second * 1_000 + (step + 1) * 10, active);
    }
    spent.push(ms);
  }
  return { spent, budget };
}

describe("the budget", () => {
  test("leaves alone what it can afford", () => {
    const calm = account("calm");
    run([[calm, 5_000]], 30);
    expect(calm.keeping).toBe("recorded");
  });

  test("takes from the function that costs the most, and from it alone", () => {
    const hot = account("hot");
    const calm = account("calm");
    const { budget } = run(
      [
        [hot, 50_000],
        [calm, 1_000],
      ],
      5,
    );
    expect([hot.keeping, calm.keeping]).toEqual(["summarized", "recorded"]);
    expect(budget.lowered()).toEqual([hot]);
  });

  test("counts what is too hot even to be timed; but not what goes on after it has returned", () => {
    const hot = account("hot");
    const later = account("later", {}, true);
    run([[hot, 500_000]], 5);
    run([[later, 500_000]], 5);
    expect([hot.keeping, later.keeping]).toEqual(["counted", "summarized"]);
  });

  test("lets a burst through that no second notices", () => {
    const burst = account("burst");
    const budget = createBudget(SETTINGS, 0);
    burst.calls = 14_000;
    expect(budget.check(5, [burst])).toEqual([]);
    expect(burst.keeping).toBe("recorded");
  });

  test("counts what a record will cost once its call has ended, before any was made", () => {
    const burst = account("burst");
    const budget = createBudget(SETTINGS, 0, { made: 0.004, sent: 0.001 });
    burst.calls = 5_000;
    expect(budget.check(5, [burst])).toMatchObject([{ from: "recorded" }]);
  });

  test("goes back, a step at a time, once it has been calm for a while; and says each change", () => {
    const hot = account("hot");
    const { budget } = run([[hot, 500_000]], 3);
    expect(hot.keeping).toBe("counted");
    const changes: string[] = [];
    for (let ms = 3_000; ms < 40_000; ms += 1_000) {
      hot.calls = 100;
      for (const change of budget.check(ms, [hot])) changes.push(`${change.from} → ${change.account.keeping}`);
    }
    expect(changes).toEqual(["counted → summarized", "summarized → recorded"]);
    expect(budget.lowered()).toEqual([]);
  });
});

test("property: whatever is called how often, after the first second 2 % are held, and no second is over 5 %", () => {
  const load = fc.record({
    perSecond: fc.constantFrom(0, 100, 1_000, 10_000, 100_000, 1_000_000),
    recorded: fc.double({ min: 0.000_5, max: 0.02, noNaN: true }),
    isAsync: fc.constant(false),
  });
  fc.assert(
    fc.property(fc.array(load, { minLength: 1, maxLength: 2 }), (loads) => {
      const accounts = loads.map(
        ({ perSecond, recorded }, at) =>
          [account(`f${at}`, { recorded, summarized: recorded / 10, counted: 0.000_008 }), perSecond] as const,
      );
      const { spent } = run(accounts, 20);
      // What is recorded before the budget is looked at for the first time, 10 ms, is more than it would be.
      const [, ...later] = spent;
      for (const ms of later) expect(ms).toBeLessThanOrEqual(50);
      // What was not spent before may be spent now: 5 % of a second at once.
      const steady = later.slice(3);
      expect(steady.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(20 * steady.length + 30);
    }),
  );
});
