import type { JsonObject } from "@playhead/core";
import fc from "fast-check";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { tempFolder } from "../test/temp-folder.ts";
import { createEngine, type Engine } from "./engine.ts";
import { callRow, groupOf } from "./store/telemetry-conformance/telemetry-case.ts";
import { DEFAULT_TENANT } from "./tenants.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.UTC(2026, 10, 21);
/** What the sketch of one value may be off by, as a logarithm. */
const SKETCH_ERROR = 0.0101;

/** The machine that jobs run on. */
const SAMPLE = {
  host: "box",
  cpu_percent: null,
  memory_used_bytes: 1,
  memory_total_bytes: 2,
  process_memory_bytes: 1,
  event_loop_delay_ms: null,
  disk_used_bytes: null,
  disk_total_bytes: null,
  temp_bytes: null,
  active_jobs: 1,
};

let engine: Engine;

beforeAll(async () => {
  const atEnd: (() => void | Promise<void>)[] = [];
  engine = await createEngine({ dataFolder: tempFolder((end) => atEnd.push(end)), log: () => {}, nowMs: () => NOW_MS });
  return async () => {
    await engine.close();
    for (const end of atEnd) await end();
  };
});

/** Stores calls of a function, each with the hour before now in which it was. */
async function call(
  tenantId: string,
  functionName: string,
  calls: readonly (readonly [hoursAgo: number, ms: number])[],
) {
  const rows = calls.map(([hoursAgo, durationMs]) =>
    callRow(tenantId, { functionName, durationMs, tsMs: NOW_MS - hoursAgo * HOUR_MS }),
  );
  await engine.telemetryStore.append(groupOf(rows));
}

const readTrends = (tenantId: string, more: { readonly name?: string } = {}) =>
  engine.trends.readTrends({ tenantId, range: { fromMs: NOW_MS - 7 * DAY_MS, toMs: NOW_MS }, ...more });

/** The middle of the slopes of all pairs, by the definition. */
function slopeOf(points: readonly (readonly [days: number, log: number])[]): number {
  const slopes = points.flatMap(([x1, y1], at) => points.slice(0, at).map(([x0, y0]) => (y1 - y0) / (x1 - x0)));
  const sorted = slopes.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.floor(half)] as number) + (sorted[Math.ceil(half) - 1] as number)) / 2;
}

describe("functions", () => {
  test("property 10: a trend is the one that the stored calls have", async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 1, max: 7 * 24 - 1 }), { minLength: 15, maxLength: 40 }),
        fc.double({ min: -0.2, max: 0.3, noNaN: true }),
        fc.array(fc.double({ min: -0.5, max: 0.5, noNaN: true }), { minLength: 40, maxLength: 40 }),
        async (hours, growth, noise) => {
          const tenantId = `trend-${runs++}`;
          const points = hours
            .toSorted((a, b) => b - a)
            .map(
              (ago, at) =>
                [ago, Math.log(200) - (ago / 24) * Math.log1p(growth) + (noise[at] as number) * 0.2] as const,
            );
          await call(
            tenantId,
            "render",
            points.map(([ago, log]) => [ago, Math.exp(log)] as const),
          );
          const { functions, span } = await readTrends(tenantId);
          expect(span).toBe("hour");
          expect(functions).toHaveLength(1);
          const [told] = functions;
          const truth = slopeOf(points.map(([ago, log]) => [-ago / 24, log]));
          const days = ((points[0]?.[0] as number) - (points.at(-1)?.[0] as number)) / 24;
          // Each value may be off by the sketch's error: a slope of points far apart by little, of near ones by more.
          expect(Math.abs(Math.log1p(told?.slope_per_day as number) - truth)).toBeLessThan(
            (12 * SKETCH_ERROR) / days + 0.01,
          );
          expect(told).toMatchObject({
            category: "function",
            name: "render",
            measure: "duration",
            points: points.length,
          });
          const isSure = (told?.confidence as number) > 0.99;
          if (isSure && truth * days > 0.1) expect(told?.trend).toBe("regressing");
          if (isSure && truth * days < -0.1) expect(told?.trend).toBe("improving");
          if (!isSure) expect(told?.trend).toBe("steady");
        },
      ),
      { numRuns: 12 },
    );
  });

  test("a step is told where it was, an hour out of the usual as one, and what is called little is unknown", async () => {
    const noise = (at: number) => 1 + ((at * 7) % 10) / 100;
    const hours = Array.from({ length: 28 * 24 }, (_, at) => 28 * 24 - at);
    const stepAgo = 60;
    const strangeAgo = 100;
    await call(
      "steps",
      "encode",
      hours.map((ago) => [ago, (ago <= stepAgo ? 150 : ago === strangeAgo ? 500 : 100) * noise(ago)]),
    );
    await call("steps", "seldom", [
      [3, 5],
      [2, 6],
    ]);
    const { functions, functions_left_out } = await readTrends("steps");
    expect(functions_left_out).toBe(0);
    const [encode, seldom] = functions;
    expect(encode).toMatchObject({ name: "encode", points: 7 * 24 });
    expect(encode?.change_points).toHaveLength(1);
    const [step] = encode?.change_points ?? [];
    expect(Math.abs((step?.at_ms as number) - (NOW_MS - stepAgo * HOUR_MS))).toBeLessThanOrEqual(2 * HOUR_MS);
    expect(step?.change).toBeCloseTo(0.5, 1);
    expect(step?.p_value).toBeLessThan(0.001);
    expect(encode?.anomalies.map(({ at_ms }) => at_ms)).toContain(NOW_MS - strangeAgo * HOUR_MS);
    expect(seldom).toMatchObject({
      name: "seldom",
      points: 2,
      trend: "unknown",
      slope_per_day: null,
      change_points: [],
    });
    // Of one function, nothing else is looked at.
    expect(await readTrends("steps", { name: "seldom" })).toMatchObject({ functions: [{ name: "seldom" }], kinds: [] });
  });

  test("two ranges are compared by their hours", async () => {
    const noise = (at: number) => 1 + ((at * 7) % 10) / 100;
    const hours = Array.from({ length: 48 }, (_, at) => 48 - at);
    await call(
      "compared",
      "slower",
      hours.map((ago) => [ago, (ago <= 24 ? 13 : 10) * noise(ago)]),
    );
    await call(
      "compared",
      "same",
      hours.map((ago) => [ago, 10 * noise(ago)]),
    );
    const answer = await engine.readings.read("compared", "performance/compare", {
      from: new Date(NOW_MS - DAY_MS).toISOString(),
      to: new Date(NOW_MS).toISOString(),
    });
    expect(answer).toMatchObject({
      functions: [
        { name: "slower", p_basis: "windows", is_significant: true, average_change: expect.closeTo(0.3, 1) },
        { name: "same", p_basis: "windows", is_significant: false },
      ],
    });
  });
});

describe("kinds of jobs", () => {
  const JOBS = 40;
  const SLOW_FROM = 28;

  /** A job that makes a clip of 30 seconds in so many seconds. */
  async function runJob(at: number, tookSec: number): Promise<void> {
    const jobId = `slower-${at}`;
    const startMs = NOW_MS - (JOBS - at) * HOUR_MS;
    let n = 0;
    const say = (sec: number, type: string, data: JsonObject) => {
      return { source: jobId, n: ++n, type, job_id: jobId, ts: new Date(startMs + sec * 1_000).toISOString(), data };
    };
    const video = { type: "video", name: "a.mp4", metadata: { width: 1080, height: 1920, duration_sec: 30 } };
    const { refused } = await engine.local.ingest({
      source: jobId,
      records: [
        { type: "system.sampled", ts: new Date(startMs).toISOString(), n: ++n, data: SAMPLE },
        say(0, "job.created", { kind: "shorts", metadata: { encoder: "libx264" } }),
        say(0, "job.state_changed", { new_state: "running" }),
        say(0, "task.created", { task_id: "c", kind: "clip", fields: { style: "split" } }),
        say(0, "task.started", { task_id: "c" }),
        say(tookSec - 1, "task.artifact_added", { task_id: "c", artifact: video }),
        say(tookSec, "task.completed", { task_id: "c" }),
        say(tookSec, "job.state_changed", { new_state: "completing" }),
        say(tookSec, "job.completed", {}),
      ] as never,
    });
    expect(refused).toEqual([]);
  }

  test("that became slower are told of: in trends, by their speed, and as an alert that only advises", async () => {
    for (let at = 0; at < JOBS; at++) {
      await runJob(at, (at < SLOW_FROM ? 10 : 15) + ((at * 7) % 10) / 10);
    }
    await engine.trends.look();
    const { kinds, media } = await engine.trends.readTrends({
      tenantId: DEFAULT_TENANT,
      range: { fromMs: NOW_MS - 7 * DAY_MS, toMs: NOW_MS },
    });
    const step = { change: expect.closeTo(0.5, 1), before: expect.closeTo(2.9, 0), after: expect.closeTo(1.9, 0) };
    expect(kinds).toMatchObject([{ kind: "shorts", measure: "speed", points: JOBS, change_points: [step] }]);
    expect(media).toMatchObject([
      {
        kind: "shorts",
        task_kind: "clip",
        style: "split",
        size: "1080x1920",
        codec: "libx264",
        host: "box",
        change_points: [step],
      },
    ]);
    await vi.waitFor(
      async () => {
        const { items } = await engine.store.listAlerts({ tenantId: DEFAULT_TENANT, limit: 50 });
        const alert = items.find(({ rule_id }) => rule_id === "builtin-jobs-slower");
        expect(alert).toMatchObject({ state: "firing", level: "info", labels: { kind: "shorts" } });
        expect(alert?.value).toBeCloseTo(0.5, 1);
      },
      { timeout: 20_000, interval: 50 },
    );
    const { items } = await engine.store.listDeliveries({ tenantId: DEFAULT_TENANT, limit: 50 });
    expect(items).toEqual([]);
  });
});
