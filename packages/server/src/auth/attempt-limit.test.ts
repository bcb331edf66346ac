import { expect, test } from "vitest";
import { createAttemptLimit } from "./attempt-limit.ts";

function setup() {
  const clock = { nowMs: 1_000_000 };
  const limit = createAttemptLimit({ nowMs: () => clock.nowMs, burst: 3, refillMs: 1_000 });
  /** How many attempts an address gets until it has to wait. */
  const attempts = (address: string) => {
    for (let count = 0; count < 100; count++) {
      try {
        limit.attempt(address);
      } catch (error) {
        expect(error).toMatchObject({ code: "rate_limited" });
        return count;
      }
    }
    return 100;
  };
  return { clock, limit, attempts };
}

test("an address has so many attempts at once, and then one each time", () => {
  const { clock, limit, attempts } = setup();
  expect(attempts("a")).toBe(3);
  expect(() => limit.attempt("a")).toThrow(expect.objectContaining({ detail: { retry_after_ms: 1_000 } }));
  clock.nowMs += 999;
  expect(attempts("a")).toBe(0);
  clock.nowMs += 1;
  expect(attempts("a")).toBe(1);
  clock.nowMs += 2_000;
  expect(attempts("a")).toBe(2);
  clock.nowMs += 3_600_000;
  expect(attempts("a")).toBe(3);
});

test("one address is not kept waiting by another, nor by its own good keys", () => {
  const { limit, attempts } = setup();
  expect(attempts("a")).toBe(3);
  for (let count = 0; count < 100; count++) {
    limit.attempt("b");
    limit.succeeded("b");
  }
  expect(attempts("b")).toBe(3);
});

test("a good key gives no attempt back but its own", () => {
  const { limit, attempts } = setup();
  limit.attempt("a");
  limit.attempt("a");
  limit.attempt("a");
  limit.succeeded("a");
  expect(attempts("a")).toBe(1);
});

test("however many addresses come, a bounded number is remembered, and all are limited", () => {
  const { clock, limit, attempts } = setup();
  for (let address = 0; address < 20_000; address++) {
    try {
      limit.attempt(`${address}`);
    } catch {
      // The later ones share what they have.
    }
  }
  expect(limit.size()).toBeLessThanOrEqual(10_001);
  expect(attempts("late")).toBe(0);
  clock.nowMs += 10_000;
  expect(attempts("later")).toBe(3);
  expect(limit.size()).toBeLessThan(10);
});
