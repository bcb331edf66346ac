import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";
import { CLIP_STEPS, type ExecutionEnded } from "@playhead/core";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { monitorSqlite } from "../database/monitor-sqlite.ts";
import { patchFetch } from "../fetch/patch-fetch.ts";
import { monitor } from "../monitor/monitor.ts";
import { setCurrentObserver } from "../observe/observer.ts";
import { PerformanceTracker } from "../seeds/performance-tracker.ts";
import { setup } from "../testing/setup.ts";

const START_MS = Date.parse("2026-11-21T10:00:00.000Z");
const took = fc.integer({ min: 0, max: 100_000 });

/** What a program does, how long it takes, and how it ends. */
const operation = fc.oneof(
  fc.record({ what: fc.constant("clip"), ms: took, step: fc.constantFrom(...CLIP_STEPS.slice(0, 10)) }),
  fc.record({ what: fc.constant("api"), ms: took, status: fc.constantFrom(200, 204, 404, 500), id: fc.nat(99) }),
  fc.record({ what: fc.constant("db"), ms: took, rows: fc.nat(3), fails: fc.boolean() }),
  fc.record({ what: fc.constant("measured"), ms: took, memory: fc.nat(1_000_000) }),
  fc.record({ what: fc.constant("function"), ms: took, monitored: fc.constant(true) }),
);

/** Each execution's metrics, as they have to be. */
interface Expected {
  readonly name: string;
  readonly category: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly failed: boolean;
  readonly metric: unknown;
}

test("property 4: whatever is done, exactly that is recorded, with its own time, status, rows and memory", async () => {
  let ms = 0;
  const clock = { wallMs: () => START_MS + ms, monotonicMs: () => ms };
  onTestFinished(patchFetch({ clock }));
  const server = createServer((request, response) => {
    ms += Number(request.headers["x-took-ms"]);
    response.writeHead(Number(request.headers["x-status"])).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const db = new DatabaseSync(":memory:");
  onTestFinished(async () => {
    db.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  db.exec("CREATE TABLE rows (n INTEGER); INSERT INTO rows VALUES (1), (2), (3)");
  db.function("wait", (waitMs) => {
    ms += Number(waitMs);
    return 1;
  });
  monitorSqlite(db, { clock });

  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 12 }), async (operations) => {
      const monitoring = { clock: clock.monotonicMs, budget: false } as const;
      const { playhead, engine, clock: timers } = setup({ nowMs: clock.wallMs, monitoring });
      const stop = setCurrentObserver(playhead.observer);
      const tracker = new PerformanceTracker({ playhead, nowMs: clock.wallMs });
      const scale = monitor(function scale(waitMs: number) {
        ms += waitMs;
        if (waitMs % 2 === 1) throw new RangeError("odd");
      });
      const expected: Expected[] = [];
      const expectedSteps: unknown[] = [];
      const job = playhead.job({ kind: "clips", id: "j" });
      await job.run(() =>
        job.task({ kind: "clip", id: "c" }, async (clip) => {
          for (const each of operations) {
            const startMs = clock.wallMs();
            const { ms: durationMs } = each;
            const usual = { startMs, durationMs };
            if ("step" in each) {
              expectedSteps.push([each.step, new Date(startMs).toISOString()]);
              expected.push({ ...usual, name: each.step, category: "step", failed: false, metric: true });
              await clip.step(each.step, () => {
                ms += durationMs;
              });
            } else if ("status" in each) {
              const headers = { "x-took-ms": String(durationMs), "x-status": String(each.status) };
              await (await fetch(`http://${host}/videos/${each.id}`, { headers })).text();
              const name = `GET ${host}/videos/:id`;
              expected.push({ ...usual, name, category: "api", failed: each.status >= 400, metric: each.status });
            } else if ("rows" in each) {
              const failing = each.fails ? ", abs(-9223372036854775807 - 1)" : "";
              const run = () => db.prepare(`SELECT n${failing} FROM rows WHERE n <= ? AND wait(?) = 1`);
              // The function waits once a row that it is asked about; a failure comes with the first.
              const asked = each.fails ? 1 : each.rows;
              const share = asked === 0 ? 0 : durationMs;
              try {
                run().all(asked, asked === 0 ? 0 : share / asked);
              } catch {
                // As it would without.
              }
              const rows = each.fails ? null : each.rows;
              expected.push({
                ...usual,
                durationMs: share,
                name: "SELECT rows",
                category: "db",
                failed: each.fails,
                metric: rows,
              });
            } else if ("monitored" in each) {
              try {
                scale(durationMs);
              } catch {
                // As it would without.
              }
              const failed = durationMs % 2 === 1;
              expected.push({ ...usual, name: "scale", category: "function", failed, metric: { waitMs: durationMs } });
            } else {
              ms += durationMs;
              tracker.recordExecution("probe", durationMs, each.memory);
              expected.push({ ...usual, name: "probe", category: "function", failed: false, metric: each.memory });
            }
          }
        }),
      );
      stop();
      const closing = playhead.close();
      await timers.advance(60_000);
      await closing;
      const ended = engine.observations.filter(({ type }) => /^function\.(completed|failed)$/.test(type));
      expect(
        ended.map(({ type, ts, data }) => {
          const { name, category, duration_ms, error } = data as ExecutionEnded;
          expect(type).toBe(error === undefined ? "function.completed" : "function.failed");
          const durationMs = Math.round(duration_ms * 1e6) / 1e6;
          const startMs = Date.parse(ts);
          return {
            name,
            category,
            startMs,
            durationMs,
            failed: error !== undefined,
            metric: metricOf(data as ExecutionEnded),
          };
        }),
      ).toEqual(expected);
      for (const { job_id, correlation_id, data } of ended) {
        expect([job_id, correlation_id]).toEqual(["j", job.correlation_id]);
        expect(data).toMatchObject({ task_id: "c", parent_span_id: null });
      }
      const steps = engine
        .facts("j")
        .filter(({ type, data }) => type === "clip.progress" && data.step !== "complete")
        .map(({ data, ts }) => [data.step, ts]);
      expect(steps).toEqual(expectedSteps);
    }),
    { numRuns: 60 },
  );
});

/** What is measured of a call of its kind, beside its time. */
function metricOf({ category, metadata, parameters, memory_peak_bytes }: ExecutionEnded): unknown {
  if (category === "api") return metadata?.status;
  if (category === "step") return memory_peak_bytes !== undefined;
  return category === "db" ? metadata?.rows : (parameters ?? memory_peak_bytes);
}
