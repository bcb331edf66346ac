import path from "node:path";
import { createSketch, decodeSketch } from "@playhead/core";
import { expect, onTestFinished, test } from "vitest";
import { tempFolder } from "../../../../test/temp-folder.ts";
import { createCalendar } from "../../calendar.ts";
import { noCalls } from "../../rollup-deltas.ts";
import { openTelemetryDatabase } from "./open-database.ts";
import { createRollupWriter } from "./rollup-rows.ts";

const MINUTE = Date.UTC(2026, 10, 21, 10, 42);

function callsOf(durationsMs: readonly number[]) {
  const sketch = createSketch();
  for (const ms of durationsMs) sketch.add(ms);
  const sumMs = durationsMs.reduce((sum, ms) => sum + ms, 0);
  const [minMs, maxMs] = [Math.min(...durationsMs), Math.max(...durationsMs)];
  return { ...noCalls(), count: durationsMs.length, sumMs, minMs, maxMs, sketch };
}

test("a row with a damaged sketch keeps its figures, says so once, and takes what comes", () => {
  const db = openTelemetryDatabase(path.join(tempFolder(onTestFinished), "telemetry.sqlite"));
  const damaged: unknown[] = [];
  const rollups = createRollupWriter(db, (...which) => damaged.push(which));
  const add = (durationsMs: readonly number[]) =>
    rollups.add(
      [{ tenantId: "t", category: "function", name: "f", minutes: new Map([[MINUTE, callsOf(durationsMs)]]) }],
      createCalendar("UTC"),
    );
  add([1, 2]);
  db.exec("UPDATE rollups SET sketch = '!!' WHERE span = 0");
  add([7]);
  add([8]);
  expect(damaged).toEqual([[1, "minute", MINUTE]]);
  const rows = db.prepare("SELECT span, count, sum_ms, sketch FROM rollups ORDER BY span").all();
  const read = rows.map(({ span, count, sum_ms, sketch }) => [span, count, sum_ms, decodeSketch(String(sketch)).count]);
  expect(read.slice(0, 2)).toEqual([
    [0, 4, 18, 2],
    [1, 4, 18, 4],
  ]);
  db.close();
});
