import { type BatchAck, type EventRecord, PlayheadError, type RecordBatch } from "@playhead/core";
import { expect, test, vi } from "vitest";
import { createManualClock } from "../testing/manual-clock.ts";
import type { Transport } from "../transport/transport.ts";
import { createRecorder, NO_CALLS, type RecorderOptions } from "./recorder.ts";
import { createTickSlot, type TickSlot } from "./tick-slots.ts";

function setup(options: Partial<RecorderOptions> = {}) {
  const clock = createManualClock();
  const batches: RecordBatch[] = [];
  const answers: (() => Promise<BatchAck>)[] = [];
  const close = vi.fn(async () => undefined);
  const transport: Transport = {
    async send(batch) {
      batches.push(batch);
      const answer = answers.shift();
      return answer === undefined ? { accepted: batch.records.length, refused: [] } : answer();
    },
    onCommand: () => () => undefined,
    close,
  };
  const onAck = vi.fn();
  const onKeyRefused = vi.fn();
  const onRejected = vi.fn();
  const recorder = createRecorder({
    transport,
    source: "w",
    nowMs: clock.nowMs,
    setTimer: clock.setTimer,
    random: () => 1,
    flushMs: 20,
    capacity: 100_000,
    spool: null,
    calls: NO_CALLS,
    areTicksHeard: () => true,
    onAck,
    onKeyRefused,
    onRejected,
    ...options,
  });
  const say = (name: string, importance: "job" | "task" | "step" | "log" = "task") =>
    recorder.record({ type: importance === "log" ? "log" : "task.started", job_id: "j", data: { name } }, importance);
  const sent = () => batches.map(({ records }) => records.map(nameOf));
  return { clock, batches, answers, recorder, say, sent, onAck, onKeyRefused, onRejected, close };
}

const nameOf = (record: RecordBatch["records"][number]) => {
  const { data } = record as EventRecord;
  return data.name ?? data.message ?? null;
};
const away = () => Promise.reject(new PlayheadError("service_unavailable", "away"));

test("what is recorded within 20 ms shares a batch, numbered in order, and nothing happens on the caller's stack", async () => {
  const { clock, say, batches, sent } = setup();
  say("a");
  say("b", "log");
  await clock.advance(19);
  expect(batches).toEqual([]);
  say("c");
  await clock.advance(1);
  expect(sent()).toEqual([["a", "b", "c"]]);
  expect(batches[0]).toEqual({
    source: "w",
    records: [
      { type: "task.started", ts: "2026-11-21T10:00:00.000Z", job_id: "j", n: 1, data: { name: "a" } },
      { type: "log", ts: "2026-11-21T10:00:00.000Z", job_id: "j", n: 2, data: { name: "b" } },
      { type: "task.started", ts: "2026-11-21T10:00:00.019Z", job_id: "j", n: 3, data: { name: "c" } },
    ],
  });
  await clock.advance(1_000);
  expect(sent()).toHaveLength(1);
  expect(clock.timers().all).toBe(0);
});

test("2,000 records are a batch; more follow at once", async () => {
  const { clock, say, sent } = setup();
  for (let i = 0; i < 4_100; i += 1) say(`${i}`);
  await clock.settle();
  expect(sent().map(({ length }) => length)).toEqual([2_000, 2_000]);
  await clock.advance(20);
  expect(sent().map(({ length }) => length)).toEqual([2_000, 2_000, 100]);
});

test("hurry sends without waiting for more", async () => {
  const { clock, say, recorder, sent } = setup();
  say("end");
  recorder.hurry();
  expect(sent()).toEqual([]);
  await clock.settle();
  expect(sent()).toEqual([["end"]]);
});

test("one batch is under way; what comes meanwhile follows in order", async () => {
  const { clock, say, answers, sent } = setup();
  const answer = Promise.withResolvers<BatchAck>();
  answers.push(() => answer.promise);
  say("a");
  await clock.advance(20);
  say("b");
  await clock.advance(1_000);
  expect(sent()).toEqual([["a"]]);
  answer.resolve({ accepted: 1, refused: [] });
  await clock.advance(20);
  expect(sent()).toEqual([["a"], ["b"]]);
});

test("a batch is sent again, the same, until it is taken: after 200 ms, 400 ms …, or as long as the server asks", async () => {
  const { clock, say, answers, batches, onAck } = setup();
  const busy = () => Promise.reject(new PlayheadError("rate_limited", "slowly", { detail: { retry_after_ms: 5_000 } }));
  answers.push(away, away, busy);
  say("a");
  await clock.advance(20);
  const times: number[] = [];
  for (const wait of [200, 400, 5_000]) {
    say("later");
    await clock.advance(wait - 1);
    times.push(batches.length);
    await clock.advance(1);
    times.push(batches.length);
  }
  expect(times).toEqual([1, 2, 2, 3, 3, 4]);
  expect(batches.slice(0, 4).every((batch) => batch === batches[0])).toBe(true);
  expect(onAck).toHaveBeenCalledOnce();
  await clock.advance(20);
  expect(batches[4]?.records.map(({ n }) => n)).toEqual([2, 3, 4]);
});

test("a batch that the server will never take is lost, said, and the next goes on", async () => {
  const { clock, say, answers, sent, onRejected } = setup();
  const error = new PlayheadError("invalid_request", "no batch");
  answers.push(
    () => Promise.reject(error),
    () => Promise.reject(new TypeError("defect")),
  );
  say("a");
  await clock.advance(20);
  say("b");
  await clock.advance(20);
  say("c");
  await clock.advance(20);
  expect(sent()).toEqual([["a"], ["b"], ["c"]]);
  expect(onRejected.mock.calls.map(([records, why]) => [records.map(nameOf), why.message])).toEqual([
    [["a"], "no batch"],
    [["b"], "defect"],
  ]);
});

test.for(["unauthorized", "forbidden"] as const)(
  "a key that is %s loses nothing: tried slowly, and when it is accepted all arrives in order",
  async (code) => {
    const { clock, say, recorder, answers, batches, onKeyRefused, onRejected } = setup();
    const error = new PlayheadError(code, "not this key");
    answers.push(...Array.from({ length: 4 }, () => () => Promise.reject(error)));
    say("a");
    await clock.advance(20);
    say("b");
    // Whoever waits is told at once; that is another try.
    const flushed = recorder.flush(60_000);
    await clock.settle();
    expect(await flushed).toBe(false);
    expect(batches).toHaveLength(2);
    expect(onKeyRefused.mock.calls).toEqual([[error], [error]]);
    // Nobody's process is kept alive for it.
    expect(clock.timers()).toEqual({ all: 1, alive: 0 });
    await clock.advance(29_999);
    expect(batches).toHaveLength(2);
    await clock.advance(60_001);
    expect(batches).toHaveLength(5);
    await clock.advance(20);
    expect(batches.at(-1)?.records.map(({ n }) => n)).toEqual([2]);
    expect(batches.slice(0, 5).every((batch) => batch === batches[0])).toBe(true);
    expect(onRejected).not.toHaveBeenCalled();
    expect(await recorder.flush(1_000)).toBe(true);
  },
);

test("ticks: throttled, latest wins, behind the fact before them and in front of the one after", async () => {
  const { clock, say, recorder, sent } = setup();
  let percent = 0;
  const slot = createTickSlot(() =>
    recorder.stamp({ type: "progress.updated", job_id: "j", data: { name: `tick ${percent}` } }),
  );
  const tick = (value: number) => {
    percent = value;
    recorder.tick(slot);
  };
  say("started");
  tick(1);
  say("step");
  tick(2);
  await clock.advance(20);
  expect(sent()).toEqual([["started", "tick 1", "step"]]);
  tick(3);
  await clock.advance(250);
  expect(sent().slice(1)).toEqual([["tick 3"]]);
  await clock.advance(1_000);
  expect(sent()).toHaveLength(2);
});

test("ticks that come alone leave at once, those of one go together; what comes within 20 ms of them waits for others", async () => {
  const { clock, say, recorder, sent } = setup();
  const [a, b, c] = ["a", "b", "c"].map((name) =>
    createTickSlot(() => recorder.stamp({ type: "progress.updated", job_id: "j", data: { name } })),
  ) as [TickSlot, TickSlot, TickSlot];
  recorder.tick(a);
  recorder.tick(b);
  expect(sent()).toEqual([]);
  await clock.settle();
  expect(sent()).toEqual([["a", "b"]]);
  expect(clock.timers().all).toBe(0);
  await clock.advance(5);
  recorder.tick(c);
  say("fact");
  await clock.advance(19);
  expect(sent()).toHaveLength(1);
  await clock.advance(1);
  expect(sent().slice(1)).toEqual([["c", "fact"]]);

  // A fact that waits takes them along.
  await clock.advance(1_000);
  say("next");
  recorder.tick(a);
  await clock.settle();
  expect(sent()).toHaveLength(2);
  await clock.advance(20);
  expect(sent().slice(2)).toEqual([["next", "a"]]);
});

test("ticks of a server that is away are replaced, and do not pile up", async () => {
  const { clock, say, recorder, answers, sent } = setup();
  let percent = 0;
  const slot = createTickSlot(() =>
    recorder.stamp({ type: "progress.updated", job_id: "j", data: { name: `tick ${percent}` } }),
  );
  answers.push(away, away, away, away);
  say("a");
  await clock.advance(20);
  for (percent = 1; percent <= 10; percent += 1) {
    recorder.tick(slot);
    await clock.advance(250);
  }
  await clock.advance(5_000);
  expect(sent().at(-1)).toEqual(["tick 10"]);
  expect(sent().filter(([first]) => String(first).startsWith("tick"))).toHaveLength(1);
});

test("a tick stays behind a fact that did not fit in the batch", async () => {
  const { clock, say, recorder, sent } = setup();
  const slot = createTickSlot(() => recorder.stamp({ type: "progress.updated", job_id: "j", data: { name: "tick" } }));
  for (let i = 0; i < 2_001; i += 1) say(`${i}`);
  recorder.tick(slot);
  await clock.advance(20);
  expect(sent().map((names) => names.includes("tick"))).toEqual([false, true]);
  expect(sent()[1]).toEqual(["2000", "tick"]);
});

test("when there is no room, log lines go first; what was dropped is said when there is room again", async () => {
  const { clock, say, recorder, answers, batches, sent } = setup({ capacity: 4 });
  answers.push(away);
  say("first");
  await clock.advance(20);
  for (const name of ["log 1", "log 2"]) say(name, "log");
  say("step", "step");
  expect([say("a"), say("b"), say("c"), say("d")]).toEqual([true, true, true, true]);
  expect([say("e"), say("log 3", "log"), say("end", "job")]).toEqual([false, false, true]);
  await clock.advance(220);
  await clock.advance(40);
  expect(sent()).toEqual([
    ["first"],
    ["first"],
    ["a", "b", "c", "d", "end"],
    ["the server was away for too long: 3 log lines, 1 step changes and 1 task events of this job were dropped"],
  ]);
  expect(batches.at(-1)?.records[0]).toMatchObject({
    type: "log",
    job_id: "j",
    data: { level: "warning", fields: { dropped_logs: 3, dropped_step_changes: 1, dropped_task_events: 1 } },
  });
  recorder.reportDrops("j");
  await clock.advance(20);
  expect(sent()).toHaveLength(4);
});

test("flush resolves when all that was recorded before is stored", async () => {
  const { clock, say, recorder, answers } = setup();
  expect(await recorder.flush(1_000)).toBe(true);
  const [first, second] = [Promise.withResolvers<BatchAck>(), Promise.withResolvers<BatchAck>()];
  answers.push(
    () => first.promise,
    () => second.promise,
  );
  say("a");
  await clock.advance(20);
  say("b");
  const done = vi.fn();
  const flushed = recorder.flush(1_000).then(done);
  first.resolve({ accepted: 1, refused: [] });
  await clock.settle();
  expect(done).not.toHaveBeenCalled();
  second.resolve({ accepted: 1, refused: [] });
  await flushed;
  expect(done).toHaveBeenCalledWith(true);
  await clock.settle();
  expect(clock.timers().all).toBe(0);
});

test("flush waits for what is under way, and lets go the ticks that are held back", async () => {
  const { clock, say, recorder, answers, sent } = setup();
  const slot = createTickSlot(() => recorder.stamp({ type: "progress.updated", job_id: "j", data: { name: "tick" } }));
  recorder.tick(slot);
  await clock.advance(20);
  const answer = Promise.withResolvers<BatchAck>();
  answers.push(() => answer.promise);
  say("a");
  await clock.advance(20);
  const flushed = recorder.flush(10_000);
  answer.resolve({ accepted: 1, refused: [] });
  expect(await flushed).toBe(true);
  recorder.tick(slot);
  const again = recorder.flush(10_000);
  await clock.settle();
  expect(await again).toBe(true);
  expect(sent()).toEqual([["tick"], ["a"], ["tick"]]);
});

test("flush gives up when the time is over, and tries at once before", async () => {
  const { clock, say, recorder, answers, batches } = setup();
  answers.push(...Array.from({ length: 50 }, () => away));
  say("a");
  await clock.advance(3_000);
  const before = batches.length;
  const flushed = recorder.flush(5_000);
  await clock.settle();
  expect(batches.length).toBe(before + 1);
  await clock.advance(5_000);
  expect(await flushed).toBe(false);
});

test("flush tells when something was refused as a whole", async () => {
  const { clock, say, recorder, answers } = setup();
  answers.push(() => Promise.reject(new PlayheadError("invalid_request", "no")));
  say("a");
  const flushed = recorder.flush(1_000);
  await clock.settle();
  expect(await flushed).toBe(false);
});

test("close flushes, takes nothing more and leaves no timer, also when the server stays away", async () => {
  for (const failing of [false, true]) {
    const { clock, say, recorder, answers, sent } = setup();
    if (failing) answers.push(...Array.from({ length: 50 }, () => away));
    say("a");
    const closed = recorder.close(2_000);
    await clock.advance(2_000);
    expect(await closed).toEqual({ isDelivered: !failing, onDisk: 0, isSomeLost: failing });
    const count = sent().length;
    expect(say("late")).toBe(false);
    await clock.advance(60_000);
    expect(sent()).toHaveLength(count);
    expect(clock.timers().all).toBe(0);
    expect(await recorder.close(10)).toMatchObject({ isDelivered: !failing });
  }
});

test("what is recorded keeps the process alive until it is sent; a server that stays away does so for seconds only", async () => {
  const { clock, say, recorder, answers } = setup();
  const slot = createTickSlot(() => recorder.stamp({ type: "progress.updated", job_id: "j", data: {} }));
  recorder.tick(slot);
  await clock.advance(20);
  recorder.tick(slot);
  expect(clock.timers()).toEqual({ all: 1, alive: 0 });
  await clock.advance(300);
  say("a");
  expect(clock.timers().alive).toBe(1);
  answers.push(...Array.from({ length: 50 }, () => away));
  await clock.advance(10_000);
  expect(clock.timers().alive).toBe(1);
  await clock.advance(10_000);
  expect(clock.timers()).toEqual({ all: 1, alive: 0 });
});

test("room is waited for while much is under way, not while the server is away", async () => {
  const { clock, say, recorder, answers } = setup({ capacity: 4 });
  const answer = Promise.withResolvers<BatchAck>();
  answers.push(() => answer.promise, away);
  expect(recorder.room()).toBeNull();
  say("under way");
  await clock.advance(20);
  say("a");
  say("b");
  const room = recorder.room();
  expect(room).not.toBeNull();
  answer.resolve({ accepted: 1, refused: [] });
  await clock.advance(20);
  await room;
  say("c");
  say("d");
  expect(recorder.room()).toBeNull();
});
