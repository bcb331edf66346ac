import type { EventRecord, EventType, JobProgress, JsonObject } from "@playhead/core";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { tempFolder } from "../test/temp-folder.ts";
import { createEngine } from "./engine.ts";

const BEGIN_MS = Date.parse("2026-11-21T10:00:00.000Z");
const HOUR_MS = 3_600_000;

/** What happens next, if it can: mostly work, and what makes it hard to say when that will be done. */
const step = fc.record({
  what: fc.constantFrom(
    ...(["start", "start", "progress", "progress", "complete", "complete", "complete"] as const),
    ...(["fail", "retry", "skip", "find", "pause", "limit", "wait"] as const),
  ),
  afterMs: fc.integer({ min: 300, max: 120_000 }),
  /** The clocks of the worker and of the server may be set meanwhile. */
  workerJumpMs: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.integer({ min: -HOUR_MS, max: HOUR_MS })),
  serverJumpMs: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.integer({ min: -HOUR_MS, max: HOUR_MS })),
  pick: fc.nat(100),
  percent: fc.integer({ min: 0, max: 100 }),
});
const story = fc.record({
  items: fc.integer({ min: 0, max: 8 }),
  weights: fc.boolean(),
  steps: fc.array(step, { maxLength: 25 }),
  end: fc.constantFrom("job.completed", "job.completed", "job.failed", "job.canceled"),
});
type Story = typeof story extends fc.Arbitrary<infer Value> ? Value : never;

test("property 2: progress only grows, from 0 to 100 %, and when it is done is always said as something that can be", async () => {
  let serverMs = BEGIN_MS;
  const complaints: string[] = [];
  const engine = await createEngine({
    dataFolder: tempFolder(),
    nowMs: () => serverMs,
    log: (level, message) => void (level === "error" && complaints.push(message)),
  });
  onTestFinished(engine.close);
  let jobs = 0;

  /** Tells a job's story. @returns what viewers were told */
  async function tell({ items, weights, steps, end }: Story) {
    const jobId = `job_${++jobs}`;
    const told: JobProgress[] = [];
    const unsubscribe = engine.bus.subscribe(jobId, (publications) => {
      for (const { content } of publications)
        if ("type" in content && content.type === "job.progress") told.push(content.data as unknown as JobProgress);
    });
    let n = 0;
    let workerMs = serverMs;
    let known = 0;
    const waiting: string[] = [];
    const running: string[] = [];
    const failed: string[] = [];
    let isPaused = false;
    let isLimited = false;

    const report = async (type: EventType, data: JsonObject = {}) => {
      const record: EventRecord = { n: ++n, type, job_id: jobId, ts: new Date(workerMs).toISOString(), data };
      await engine.ingest.ingest({ source: jobId, records: [record] }, { tenantId: "default", worker: "w" });
    };
    const find = async () => {
      const task_id = `t${known++}`;
      waiting.push(task_id);
      await report("task.created", { task_id, kind: "render", ...(weights && { weight: 1 + (known % 3) }) });
    };
    const take = (from: string[], pick: number) => from.splice(pick % Math.max(1, from.length), 1)[0];

    async function happen({ what, pick, percent }: Story["steps"][number]): Promise<void> {
      if (what === "pause") {
        isPaused = !isPaused;
        if (isPaused) await report("job.state_changed", { new_state: "pausing" });
        return report("job.state_changed", { new_state: isPaused ? "paused" : "running" });
      }
      if (what === "limit") {
        isLimited = !isLimited;
        return report("job.updated", { rate_limited: isLimited });
      }
      if (what === "find") return find();
      const from = what === "start" || what === "skip" ? waiting : what === "retry" ? failed : running;
      const task_id = what === "wait" ? undefined : take(from, pick);
      if (task_id === undefined) return;
      if (what === "start" || what === "retry" || what === "progress") running.push(task_id);
      if (what === "fail") failed.push(task_id);
      const types = { start: "task.started", complete: "task.completed", skip: "task.skipped", fail: "task.failed" };
      if (what === "progress") return report("progress.updated", { task_id, percent_complete: percent });
      if (what === "retry") return report("task.retried", { task_id });
      return report(types[what as keyof typeof types] as EventType, { task_id });
    }

    await report("job.created", { kind: "renders" });
    await report("job.state_changed", { new_state: "running" });
    for (let item = 0; item < items; item++) await find();
    for (const each of steps) {
      serverMs += each.afterMs + each.serverJumpMs;
      workerMs += each.afterMs + each.workerJumpMs;
      await happen(each);
      // As when somebody looks at it: then it is thought about at once.
      const job = await engine.readJob("default", jobId);
      if (job !== null) await engine.forecasts.forecastOf(job);
    }
    if (isPaused) await report("job.state_changed", { new_state: "running" });
    serverMs += 1_000;
    workerMs += 1_000;
    const whileOpen = told.length;
    await report(end, {});
    const job = await engine.readJob("default", jobId);
    unsubscribe();
    return { told: [...told, job?.progress as JobProgress], whileOpen };
  }

  await fc.assert(
    fc.asyncProperty(story, async (given) => {
      const { told, whileOpen } = await tell(given);
      let before = 0;
      for (const progress of told) {
        const { percent_complete, eta_ms, eta_low_ms, eta_high_ms, estimated_completion } = progress;
        expect(percent_complete).toBeGreaterThanOrEqual(before);
        expect(percent_complete).toBeLessThanOrEqual(100);
        before = percent_complete;
        const counted =
          progress.items_completed + progress.items_failed + progress.items_skipped + progress.items_canceled;
        expect(counted + progress.items_pending).toBe(progress.items_total);
        if (eta_ms === null) {
          expect([eta_low_ms, eta_high_ms, estimated_completion]).toEqual([null, null, null]);
          continue;
        }
        expect(Number.isSafeInteger(eta_ms)).toBe(true);
        expect(eta_low_ms).toBeGreaterThanOrEqual(0);
        expect(eta_low_ms).toBeLessThanOrEqual(eta_ms);
        expect(eta_high_ms).toBeGreaterThanOrEqual(eta_ms);
        expect(Date.parse(estimated_completion as string)).toBeGreaterThan(0);
        // It may be wrong, but not beyond all measure: what was seen took hours at most.
        expect(eta_high_ms).toBeLessThan(100 * (known(given) + 1) * 24 * HOUR_MS);
      }
      for (const { percent_complete } of told.slice(0, whileOpen)) expect(percent_complete).toBeLessThan(100);
      const last = told.at(-1);
      if (given.end === "job.completed") expect(last).toMatchObject({ percent_complete: 100, eta_ms: 0 });
      else expect(last).toMatchObject({ eta_ms: null });
    }),
    { numRuns: 80 },
  );
  expect(complaints).toEqual([]);
});

const known = ({ items, steps }: Story) => items + steps.filter(({ what }) => what === "find").length;
