import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { holdLease } from "./hold-lease.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setup() {
  const world = { isAway: false, isOurs: true, renewals: 0, lost: 0, errors: 0 };
  const held = holdLease({
    lease: {
      async renew() {
        world.renewals += 1;
        if (world.isAway) throw new Error("away");
        return world.isOurs;
      },
    },
    onLost: () => {
      world.lost += 1;
    },
    onError: () => {
      world.errors += 1;
    },
  });
  return { world, ...held };
}

test("while it can be renewed there is nothing to say", async () => {
  const { world, writing, stop } = setup();
  await vi.advanceTimersByTimeAsync(21_000);
  expect([world.renewals, writing.whyNot(), writing.lost.aborted]).toEqual([10, null, false]);
  await stop();
});

test("a database that is away for longer than the lease is told of until it is back, and nothing is lost", async () => {
  const { world, writing, stop } = setup();
  await vi.advanceTimersByTimeAsync(4_000);
  world.isAway = true;
  await vi.advanceTimersByTimeAsync(6_000);
  expect(writing.whyNot()).toBeNull();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(writing.whyNot()).toBe("PostgreSQL has not answered for 7 s");
  world.isAway = false;
  await vi.advanceTimersByTimeAsync(1_000);
  expect([writing.whyNot(), writing.lost.aborted, world.lost, world.errors]).toEqual([null, false, 0, 3]);
  await stop();
});

test("one that is another's is lost for good", async () => {
  const { world, writing, stop } = setup();
  world.isOurs = false;
  await vi.advanceTimersByTimeAsync(30_000);
  expect([world.renewals, world.lost, writing.lost.aborted]).toEqual([1, 1, true]);
  expect(writing.whyNot()).toBe("another server writes the database");
  await stop();
});
