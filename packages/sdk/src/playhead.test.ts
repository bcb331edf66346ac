import { type BatchAck, type EventRecord, PlayheadError } from "@playhead/core";
import { expect, test, vi } from "vitest";
import { createPlayhead } from "./playhead.ts";
import { createManualClock } from "./testing/manual-clock.ts";
import { setup } from "./testing/setup.ts";
import type { Transport } from "./transport/transport.ts";

const refusal = {
  error_code: "validation_error",
  error_message: "no such thing",
  error_class: "input",
  detail: {},
} as const;

/** A Playhead whose server answers as the test says. */
function setupAnswer(answer: (records: readonly EventRecord[]) => BatchAck, onRefused?: () => void) {
  const clock = createManualClock();
  const warnings: string[] = [];
  const close = vi.fn(async () => undefined);
  const transport: Transport = {
    send: async ({ records }) => answer(records as readonly EventRecord[]),
    onCommand: () => () => undefined,
    close,
  };
  const playhead = createPlayhead({
    transport,
    nowMs: clock.nowMs,
    setTimer: clock.setTimer,
    warn: (line) => warnings.push(line),
    ...(onRefused !== undefined && { onRefused }),
  });
  return { clock, warnings, playhead, close };
}

test("what the server refuses is said in one line, not one a record, at most every 10 s", async () => {
  const { clock, warnings, playhead } = setupAnswer((records) => ({
    accepted: 0,
    refused: records.map(({ n }) => ({ n: n ?? null, ...refusal })),
  }));
  for (let i = 0; i < 3; i += 1) {
    playhead.job({ kind: "demo" }).cancel();
    await clock.advance(1_000);
  }
  expect(warnings).toEqual(["playhead: the server refused 2 records, the first job.created: no such thing"]);
  await clock.advance(10_000);
  playhead.job({ kind: "demo" });
  await clock.advance(1_000);
  expect(warnings.slice(1)).toEqual([
    "playhead: the server refused 1 records, the first job.created: no such thing (and 2 more like it before)",
  ]);
});

test("an onRefused that throws harms nobody", async () => {
  const { clock, warnings, playhead } = setupAnswer(
    () => ({
      accepted: 0,
      refused: [
        { n: 1, ...refusal },
        { n: null, ...refusal },
      ],
    }),
    () => {
      throw new Error("mine");
    },
  );
  const job = playhead.job({ kind: "demo" });
  await clock.advance(1_000);
  expect(warnings).toEqual(["playhead: onRefused threw: mine"]);
  expect(await job.run(() => 1)).toBe(1);
  await clock.advance(1_000);
  expect(await playhead.close()).toBe(true);
});

test("a server that refuses everything is said, with what to do, and the work goes on", async () => {
  const { clock, warnings, playhead } = setupAnswer(() => {
    throw new PlayheadError("invalid_request", "no batch", { hint: "send another" });
  });
  expect(await playhead.job({ kind: "demo" }).run(({ job }) => job.task({}, () => 7))).toBe(7);
  await clock.advance(1_000);
  expect(warnings).toEqual(["playhead: 6 records were refused by the server and are lost: no batch; send another"]);
});

test("a server that does not accept the key is said, with what to do, and the records wait", async () => {
  let isAccepted = false;
  const taken: (string | undefined)[] = [];
  const { clock, warnings, playhead } = setupAnswer((records) => {
    if (!isAccepted) throw new PlayheadError("unauthorized", "the key is unknown", { hint: "make one" });
    taken.push(...records.map(({ type }) => type));
    return { accepted: records.length, refused: [] };
  });
  expect(await playhead.job({ kind: "demo" }).run(({ job }) => job.task({}, () => 7))).toBe(7);
  await clock.advance(1_000);
  expect(warnings).toEqual([
    "playhead: the server does not accept the key, and records wait in memory: the key is unknown; make one",
  ]);
  isAccepted = true;
  await clock.advance(30_000);
  expect([taken[0], taken.at(-1)]).toEqual(["job.created", "job.completed"]);
  expect(await playhead.close()).toBe(true);
});

test("after close nothing is reported, and nothing breaks", async () => {
  const { clock, warnings, playhead, close } = setupAnswer((records) => ({ accepted: records.length, refused: [] }));
  const open = playhead.job({ kind: "demo" });
  const closed = playhead.close();
  await clock.settle();
  expect(await closed).toBe(true);
  expect(playhead.close()).toBe(closed);
  expect(close).toHaveBeenCalledOnce();
  expect(await open.run(({ job }) => job.each([1, 2], {}, (item) => item * 2))).toMatchObject([
    { value: 2 },
    { value: 4 },
  ]);
  expect(
    await playhead.job({ kind: "demo", id: "late" }).run(({ job }) => job.task({}, () => job.log.info("x"))),
  ).toBeUndefined();
  expect(warnings).toEqual([
    "playhead: nothing can be reported of job late: too much is waiting for the server, or this Playhead is closed",
  ]);
  expect(clock.timers().all).toBe(0);
});

test("ids: a job's is short, the run's is a trace id, a source is never the same", async () => {
  const { playhead, engine, clock } = setup({ randomId: () => "00112233445566778899aabbccddeeff" });
  const job = playhead.job({ kind: "demo" });
  expect(job.job_id).toBe("job_0011223344556677");
  expect(job.correlation_id).toBe("00112233445566778899aabbccddeeff");
  const given = "fedcba9876543210fedcba9876543210";
  expect(playhead.job({ kind: "demo", id: "a", correlation_id: given }).correlation_id).toBe(given);
  expect(playhead.job({ kind: "demo", id: "b", correlation_id: "nonsense" }).correlation_id).toBe(job.correlation_id);
  await clock.advance(20);
  expect(engine.job("a").correlation_id).toBe(given);
  expect(setupAnswer(() => ({ accepted: 0, refused: [] })).playhead.source).toMatch(/^worker_[0-9a-f]{16}$/);
});

test("the heartbeat is told which jobs run when that changes, not with each batch that is taken", async () => {
  const clock = createManualClock();
  const told: (readonly string[])[] = [];
  const transport: Transport = {
    send: async ({ records }) => ({ accepted: records.length, refused: [] }),
    startHeartbeat: () => ({ setJobs: (jobIds) => void told.push(jobIds), stop: () => undefined }),
    onCommand: () => () => undefined,
    close: async () => undefined,
  };
  const playhead = createPlayhead({ transport, nowMs: clock.nowMs, setTimer: clock.setTimer, warn: () => undefined });
  const job = playhead.job({ kind: "demo" });
  const task = job.create({ title: "Clip" });
  for (let percent = 1; percent <= 50; percent += 1) {
    task.progress(percent / 100);
    job.update({ title: `${percent} %` });
    await clock.advance(1_000);
  }
  expect(told).toEqual([[job.job_id]]);
  job.complete();
  await clock.advance(1_000);
  expect(told).toEqual([[job.job_id], []]);
  await playhead.close();
});
