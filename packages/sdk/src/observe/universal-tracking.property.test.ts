import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";
import { CLIP_STEPS } from "@playhead/core";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { monitorSqlite } from "../database/monitor-sqlite.ts";
import { patchFetch } from "../fetch/patch-fetch.ts";
import { currentObserver, type Observer } from "../observe/observer.ts";
import { PerformanceTracker } from "../seeds/performance-tracker.ts";
import { observe } from "../testing/observed.ts";
import { setup } from "../testing/setup.ts";

const START_MS = Date.parse("2026-11-21T10:00:00.000Z");
const took = fc.integer({ min: 0, max: 100_000 });

/** What a program does, how long it takes, and how it ends. */
const operation = fc.oneof(
  fc.record({ what: fc.constant("clip"), ms: took, step: fc.constantFrom(...CLIP_STEPS.slice(0, 10)) }),
  fc.record({ what: fc.constant("api"), ms: took, status: fc.constantFrom(200, 204, 404, 500), id: fc.nat(99) }),
  fc.record({ what: fc.constant("db"), ms: took, rows: fc.nat(3), fails: fc.boolean() }),
  fc.record({ what: fc.constant("function"), ms: took, memory: fc.nat(1_000_000) }),
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

test("property 4: whatever is done, exactly that is measured, with its own time, status, rows and memory", async () => {
  const { executions } = observe(onTestFinished);
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
      const { playhead, engine, clock: timers } = setup({ nowMs: clock.wallMs });
      const tracker = new PerformanceTracker({
        playhead: { observer: currentObserver() as Observer, read: playhead.read },
        nowMs: clock.wallMs,
      });
      executions.length = 0;
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
            } else {
              ms += durationMs;
              tracker.recordExecution("probe", durationMs, each.memory);
              expected.push({ ...usual, name: "probe", category: "function", failed: false, metric: each.memory });
            }
          }
        }),
      );
      await timers.advance(60_000);
      expect(
        executions.map(({ name, category, startMs, durationMs, error, metadata, cost }) => ({
          name,
          category,
          startMs,
          durationMs: Math.round(durationMs * 1e6) / 1e6,
          failed: error !== undefined,
          metric: category === "api" ? metadata?.status : category === "db" ? metadata?.rows : cost?.memory_peak_bytes,
        })),
      ).toEqual(expected);
      const steps = engine
        .facts("j")
        .filter(({ type, data }) => type === "clip.progress" && data.step !== "complete")
        .map(({ data, ts }) => [data.step, ts]);
      expect(steps).toEqual(expectedSteps);
    }),
    { numRuns: 60 },
  );
});
