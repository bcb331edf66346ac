import { rm } from "node:fs/promises";
import type { JobProgress } from "@playhead/core";
import { createLocalTransport, createPlayhead } from "@playhead/sdk";
import { createEngine } from "@playhead/server";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestFolder } from "./fixtures/video.ts";

const START = Date.parse("2026-11-21T10:00:00.000Z");
const SECOND = 1_000;
const folder = createTestFolder();
let nowMs = START;
let engine: Awaited<ReturnType<typeof createEngine>>;
let playhead: ReturnType<typeof createPlayhead>;
let jobs = 0;

beforeAll(async () => {
  engine = await createEngine({ dataFolder: folder.at("data"), log: () => undefined, nowMs: () => nowMs });
  playhead = createPlayhead({ transport: createLocalTransport(engine.local), nowMs: () => nowMs, flushMs: 0 });
});
afterAll(async () => {
  await playhead.close();
  await engine.close();
  await folder.remove();
  await rm(folder.at("data"), { recursive: true, force: true });
});

/** One item of a batch: how long it takes, what of it is reported meanwhile, and how it ends. */
interface Item {
  readonly seconds: number;
  readonly reports: readonly number[];
  readonly end: "complete" | "fail" | "skip";
  readonly weight: number | undefined;
  /** Whether it is known of from the beginning. */
  readonly isPlanned: boolean;
}

interface Shown {
  readonly tsMs: number;
  readonly progress: JobProgress;
}

/** Works off a batch, with time given in, and tells what its viewers were shown. */
async function workOff(items: readonly Item[], kind = "batch"): Promise<readonly Shown[]> {
  const job = playhead.job({ kind, id: `job_${++jobs}` });
  const shown: Shown[] = [];
  const end = engine.bus.subscribe(job.job_id, (publications) => {
    for (const { content } of publications) {
      if ("type" in content && content.type === "job.progress") {
        shown.push({ tsMs: Date.parse(content.ts), progress: content.data as unknown as JobProgress });
      }
    }
  });
  const options = ({ weight }: Item) => ({ kind: "video", weight });
  job.start();
  const planned = items.map((item) => (item.isPlanned ? job.create(options(item)) : null));
  for (const [index, item] of items.entries()) {
    const task = planned[index] ?? job.create(options(item));
    if (item.end === "skip") {
      task.skip("made already");
      continue;
    }
    task.start();
    const shareMs = Math.round((item.seconds * SECOND) / (item.reports.length + 1));
    for (const fraction of item.reports) {
      nowMs += shareMs;
      task.progress(fraction);
      await playhead.flush();
      // The time that is given in runs faster than a forecast would be made by itself.
      await engine.forecasts.forecastOf({ job_id: job.job_id, state: "running" });
    }
    nowMs += shareMs;
    if (item.end === "complete") task.complete();
    else task.fail(new Error("no room"));
    await playhead.flush();
  }
  job.complete();
  await playhead.flush();
  end();
  return shown;
}

const anyItem: fc.Arbitrary<Item> = fc.record({
  seconds: fc.integer({ min: 1, max: 600 }),
  reports: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 2 }),
  end: fc.constantFrom("complete", "complete", "complete", "fail", "skip"),
  weight: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
  isPlanned: fc.boolean(),
});

test("property 2: the bar of any batch only rises, from 0 to exactly 100 at its end, and its estimates make sense", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyItem, { minLength: 1, maxLength: 6 }), async (items) => {
      const shown = await workOff(items);
      const percents = shown.map(({ progress }) => progress.percent_complete);
      expect(percents).toEqual(percents.toSorted((a, b) => a - b));
      expect(percents[0]).toBeGreaterThanOrEqual(0);
      expect(percents.at(-1)).toBe(100);
      // Not before the end, whatever items report of themselves.
      expect(percents.slice(0, -1).every((percent) => percent < 100)).toBe(true);
      for (const { tsMs, progress } of shown) {
        const { eta_ms: eta, eta_low_ms: low, eta_high_ms: high, estimated_completion: done } = progress;
        if (eta === null) continue;
        expect([low, eta, high].every((ms) => Number.isFinite(ms) && Number(ms) >= 0)).toBe(true);
        expect(Number(low)).toBeLessThanOrEqual(eta);
        expect(eta).toBeLessThanOrEqual(Number(high));
        if (done !== null) expect(Date.parse(done)).toBeGreaterThanOrEqual(tsMs);
      }
    }),
    { numRuns: 30 },
  );
}, 60_000);

test("a batch of items that take equally long is done about when it was estimated, the nearer the further it is", async () => {
  // Often: what is shown may be of a moment at which the next report was under way.
  const reports = Array.from({ length: 29 }, (_, i) => (i + 1) / 30);
  const item: Item = { seconds: 60, reports, end: "complete", weight: undefined, isPlanned: true };
  // Of a kind of its own: the others were as uneven as chance would have them, and were learned from.
  const shown = await workOff(
    Array.from({ length: 8 }, () => item),
    "even batch",
  );
  const endMs = shown.at(-1)?.tsMs ?? 0;
  const late = shown.filter(({ progress }) => progress.percent_complete >= 25 && progress.percent_complete < 95);
  expect(late.length).toBeGreaterThan(10);
  for (const { tsMs, progress } of late) {
    const ratio = Number(progress.eta_ms) / (endMs - tsMs);
    // The first of a kind has nothing to go by but itself.
    const within = progress.percent_complete < 50 ? 2 : 1.4;
    expect(ratio).toBeGreaterThan(1 / within);
    expect(ratio).toBeLessThan(within);
  }
});
