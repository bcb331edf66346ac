import fc from "fast-check";
import { expect, test } from "vitest";
import { createLimitWatch } from "./limit-watch.ts";
import { intervalMsOf } from "./rate.ts";
import { createTokenBucket } from "./token-bucket.ts";

test.each([
  ["30/min", 2_000],
  ["2/s", 500],
  ["0.5/sec", 2_000],
  ["3600/h", 1_000],
])("%s is one every %d ms", (rate, ms) => expect(intervalMsOf(rate)).toBe(ms));

test.each(["", "fast", "30", "30/day", "-1/s", "0/s", "1e3/s"])("%j is no rate", (rate) => {
  expect(() => intervalMsOf(rate)).toThrow(expect.objectContaining({ code: "validation_error" }));
});

test("tokens come one every interval, after a rest as many at once as the bucket holds", () => {
  let now = 0;
  const bucket = createTokenBucket(1_000, 3, () => now);
  expect([1, 2, 3, 4, 5].map(() => bucket.take())).toEqual([0, 0, 0, 1_000, 2_000]);
  now = 2_500;
  expect(bucket.take()).toBe(500);
  now = 100_000;
  expect([1, 2, 3, 4].map(() => bucket.take())).toEqual([0, 0, 0, 1_000]);
});

test("while it is held nobody gets one, and those that come wait in line behind it", () => {
  let now = 0;
  const bucket = createTokenBucket(100, 1, () => now);
  bucket.holdFor(5_000);
  bucket.holdFor(1_000);
  expect([bucket.heldMs(), bucket.take(), bucket.take()]).toEqual([5_000, 5_000, 5_100]);
  now = 5_000;
  expect(bucket.heldMs()).toBe(0);
});

test("property: in no stretch of time are there more than its length allows, and the bucket", () => {
  const asks = fc.array(fc.nat(3_000), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(
      asks,
      fc.integer({ min: 1, max: 1_000 }),
      fc.integer({ min: 1, max: 5 }),
      (pauses, intervalMs, burst) => {
        let now = 0;
        const bucket = createTokenBucket(intervalMs, burst, () => now);
        const times = pauses.map((ms) => {
          now += ms;
          return now + bucket.take();
        });
        for (const [i, from] of times.entries())
          for (const [j, to] of times.entries())
            if (j > i) expect(j - i + 1).toBeLessThanOrEqual(burst + (to - from) / intervalMs + 1e-6);
      },
    ),
  );
});

test("a job is limited while all that is being made waits, for longer than a moment", () => {
  const said: boolean[] = [];
  const watch = createLimitWatch(
    ({ rate_limited }) => said.push(rate_limited),
    () => 0,
  );
  const [first, second] = [watch.work(), watch.work()];
  const wait = watch.wait(5_000);
  watch.wait(100);
  expect(said).toEqual([]);
  const other = watch.wait(3_000);
  expect(said).toEqual([true]);
  other();
  other();
  expect(said).toEqual([true, false]);
  second();
  expect(said).toEqual([true, false, true]);
  wait();
  first();
  expect(said).toEqual([true, false, true, false]);
});

test("a job that is limited says in how long the first of those that wait goes on", () => {
  let now = 1_000;
  const said: object[] = [];
  const watch = createLimitWatch(
    (each) => said.push(each),
    () => now,
  );
  watch.work();
  watch.work();
  const first = watch.wait(5_000);
  now = 2_000;
  watch.wait(9_000);
  first();
  expect(said).toEqual([{ rate_limited: true, retry_after_ms: 4_000 }, { rate_limited: false }]);
});
