import { Worker } from "node:worker_threads";
import type { ReportData } from "@playhead/core";
import { expect, test } from "vitest";
import { createRenderer } from "./render-in-thread.ts";

const REPORT = {} as ReportData;
const HANGS = "setInterval(() => {}, 1_000)";
const POSTS = 'require("node:worker_threads").parentPort.postMessage("drawn")';

/** Draws by threads that run these sources, one after the other. */
function setup(sources: readonly string[], limitMs: number) {
  const left = [...sources];
  return createRenderer({ startThread: () => new Worker(left.shift() ?? "", { eval: true }), limitMs });
}

test("one that cannot be drawn, or not in time, says why, and holds up no other", async () => {
  const { draw } = setup([HANGS, "throw new Error('no ink')", "", POSTS], 2_000);
  const drawn = await Promise.allSettled([draw(REPORT), draw(REPORT), draw(REPORT), draw(REPORT)]);
  const told = drawn.map((each) => (each.status === "fulfilled" ? each.value : (each.reason as Error).message));
  expect(told).toEqual([
    "the report could not be drawn: it took longer than 2 s",
    "the report could not be drawn: no ink",
    "the report could not be drawn: its thread ended before it was done",
    "drawn",
  ]);
});

test("a server that ends waits for none, and says that it ends", async () => {
  const { draw, close } = setup([HANGS, HANGS], 60_000);
  const drawn = Promise.allSettled([draw(REPORT), draw(REPORT)]);
  // The first one has begun.
  await Promise.resolve();
  await close();
  for (const each of await drawn) {
    expect(each).toMatchObject({ status: "rejected", reason: { code: "service_unavailable" } });
  }
});
