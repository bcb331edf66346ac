import { join } from "node:path";
import { type BatchAck, PlayheadError, type RecordBatch } from "@playhead/core";
import { expect, test } from "vitest";
import { tempFolder } from "../../test/temp-folder.ts";
import { createSpool } from "../spool/spool.ts";
import { createManualClock } from "../testing/manual-clock.ts";
import { until } from "../testing/until.ts";
import { createRecorder, NO_CALLS } from "./recorder.ts";

/** A recorder with a real spool; the server answers as the test says, and is well when it says nothing. */
function setup({ maxBytes = 1e9, capacity = 100_000 } = {}) {
  const clock = createManualClock();
  const batches: RecordBatch[] = [];
  const answers: ((batch: RecordBatch) => Promise<BatchAck>)[] = [];
  const warn = () => undefined;
  const settings = { folder: join(tempFolder(), "spool"), maxBytes };
  const spool = createSpool({ settings, source: "w", id: "1", nowMs: clock.nowMs, warn });
  const recorder = createRecorder({
    transport: {
      async send(batch) {
        batches.push(batch);
        return (await answers.shift()?.(batch)) ?? { accepted: batch.records.length, refused: [] };
      },
      onCommand: () => () => undefined,
      close: async () => undefined,
    },
    source: "w",
    nowMs: clock.nowMs,
    setTimer: clock.setTimer,
    random: () => 1,
    flushMs: 20,
    capacity,
    spool,
    calls: NO_CALLS,
    onAck: () => undefined,
    onRejected: () => undefined,
  });
  const say = (count: number, importance: "job" | "task" | "step" | "log" = "task") => {
    for (let i = 0; i < count; i += 1) {
      recorder.record({ type: importance === "log" ? "log" : "task.started", job_id: "j", data: {} }, importance);
    }
  };
  /** Lets time pass until something holds that also needs the disk. */
  const passUntil = async (holds: () => boolean) => {
    while (!holds()) {
      await clock.advance(20);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  return { clock, batches, answers, recorder, spool, say, passUntil };
}

const away = () => Promise.reject(new PlayheadError("service_unavailable", "away"));
const numbers = (records: RecordBatch["records"]) => records.flatMap(({ n }) => (n === undefined ? [] : [n]));
const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1);

test("while the server takes what it gets, nothing touches the disk", async () => {
  const { clock, recorder, say, spool, batches } = setup();
  say(5_000);
  await clock.advance(100);
  expect([batches.flatMap(({ records }) => numbers(records)), spool.count()]).toEqual([upTo(5_000), 0]);
  await recorder.close(100);
});

test("from the first try that fails all is on disk, what is under way first; then it comes in order, before what is new", async () => {
  const { answers, batches, recorder, say, spool, passUntil } = setup();
  const gate = Promise.withResolvers<BatchAck>();
  answers.push(away, () => gate.promise);
  say(10);
  await passUntil(() => spool.count() === 10);
  say(4_000);
  await passUntil(() => spool.count() === 4_010);
  expect(spool.lastN()).toBe(4_010);
  // More comes while there is still something on disk: some is under way, and some in memory.
  answers.push(async (batch) => {
    say(3_000);
    return { accepted: batch.records.length, refused: [] };
  });
  gate.resolve({ accepted: 10, refused: [] });
  await passUntil(() => numbers(batches.at(-1)?.records ?? []).at(-1) === 7_010);
  expect(batches.slice(1).flatMap(({ records }) => numbers(records))).toEqual(upTo(7_010));
  expect(await recorder.flush(1_000)).toBe(true);
  expect(spool.count()).toBe(0);
  await recorder.close(100);
});

test("before memory is full the disk helps out, though no try has failed yet", async () => {
  const { answers, recorder, say, spool, passUntil, batches } = setup({ capacity: 1_000 });
  const gate = Promise.withResolvers<BatchAck>();
  answers.push(() => gate.promise);
  say(5);
  await passUntil(() => batches.length === 1);
  say(900);
  await passUntil(() => spool.count() >= 505);
  say(300);
  gate.resolve({ accepted: 5, refused: [] });
  await passUntil(() => numbers(batches.at(-1)?.records ?? []).at(-1) === 1_205);
  expect(batches.flatMap(({ records }) => numbers(records))).toEqual(upTo(1_205));
  await recorder.close(100);
});

test("when the disk's share is used up, log lines go first, and are counted; facts stay", async () => {
  const { answers, recorder, say, spool, passUntil, batches } = setup({ maxBytes: 60_000, capacity: 50 });
  answers.push(away, away, away, away, away, away, away, away);
  say(1);
  await passUntil(() => spool.count() === 1);
  for (let round = 0; spool.room() === "all"; round += 1) {
    say(40, "log");
    await passUntil(() => spool.count() === 1 + 40 * (round + 1));
  }
  const logs = spool.count() - 1;
  say(20, "log");
  say(20);
  await passUntil(() => spool.count() === 1 + logs + 20);
  answers.length = 0;
  const flushed = recorder.flush(60_000);
  await passUntil(() => spool.count() === 0);
  expect(await flushed).toBe(true);
  await passUntil(() => "fields" in (batches.at(-1)?.records[0]?.data ?? {}));
  expect(batches.at(-1)?.records[0]?.data).toMatchObject({
    fields: { dropped_logs: 20, dropped_step_changes: 0, dropped_task_events: 0 },
  });
  const taken = batches.flatMap(({ records }) => records).filter(({ type }) => type === "task.started");
  expect(new Set(numbers(taken)).size).toBe(21);
  await recorder.close(100);
});

test("close leaves what was not delivered on disk, and says how much it is", async () => {
  const { clock, answers, recorder, say, spool } = setup();
  answers.push(...Array.from({ length: 50 }, () => away));
  say(30);
  const closing = recorder.close(50);
  await until(() => clock.timers().all > 0);
  await clock.advance(50);
  expect(await closing).toEqual({ isDelivered: false, onDisk: 30, isSomeLost: false });
  expect(spool.count()).toBe(0);
  expect(clock.timers().all).toBe(0);
});
