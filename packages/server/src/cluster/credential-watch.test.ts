import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchCredentials } from "./credential-watch.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function setup() {
  const world = { version: "a", reloads: 0, isDown: false, errors: 0 };
  const watch = await watchCredentials({
    async readVersion() {
      if (world.isDown) throw new Error("down");
      return world.version;
    },
    async reload() {
      world.reloads += 1;
    },
    onError: () => {
      world.errors += 1;
    },
    everyMs: 2_000,
  });
  return { world, watch };
}

test("what changed is read once, at the next look, or at once where it is told or asked for", async () => {
  const { world, watch } = await setup();
  expect(world.reloads).toBe(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(world.reloads).toBe(1);
  world.version = "b";
  await vi.advanceTimersByTimeAsync(2_000);
  expect(world.reloads).toBe(2);
  world.version = "c";
  await watch.changed();
  expect(world.reloads).toBe(3);
  expect(await watch.check()).toBe(false);
  world.version = "d";
  expect(await watch.check()).toBe(true);
  watch.close();
});

test("told while it looks it looks again", async () => {
  const { world, watch } = await setup();
  const early = watch.check();
  world.version = "b";
  await Promise.all([early, watch.changed()]);
  expect(world.reloads).toBe(2);
  watch.close();
});

test("while the database is away it knows what it knew, and catches up", async () => {
  const { world, watch } = await setup();
  world.isDown = true;
  world.version = "b";
  await vi.advanceTimersByTimeAsync(4_000);
  expect([world.reloads, world.errors]).toEqual([1, 2]);
  world.isDown = false;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(world.reloads).toBe(2);
  watch.close();
});
